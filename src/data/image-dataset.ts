/** Which part of a data set: the one that is trained on, or the one that is only judged with. */
export type Split = "train" | "test";

/**
 * Images of one size, decoded once and read by index; memory use does not grow with the count.
 * Everything that consumes images sees this interface, never a format.
 */
export interface ImageDataset {
  /** The data set's name, as in its spec. */
  readonly name: string;
  readonly split: Split;
  readonly count: number;
  readonly channels: 1 | 3;
  /** Height and width in pixels. */
  readonly size: number;
  /** Names of the classes, by label; empty when the images have no labels. */
  readonly classes: readonly string[];
  /** sha256 of pixels and labels: equal for equal content, wherever the images came from. */
  readonly fingerprint: string;
  /** How many unreadable images were left out (`skipBad`). */
  readonly skipped: number;
  /** The decoded file, which `openImageCache` can open again in another thread. */
  readonly cachePath: string;
  /** The label of image `i`, or -1 when the images have no labels. */
  labelOf(i: number): number;
  /**
   * Reads images into `out` as [n, C, H, W], pixels in [-1, 1] (`(v / 255 - 0.5) / 0.5` in f32, as
   * torchvision's ToTensor and Normalize give). Throws `GansmithError` on a wrong index or length.
   */
  read(indices: ArrayLike<number>, out: Float32Array): void;
  close(): void;
}

/** What the caller wants of a data set; sizes and channels left out are the data's own. */
export interface DataRequest {
  /** Height and width in pixels, a whole number from 4 to 1024. */
  readonly size?: number | undefined;
  readonly channels?: 1 | 3 | undefined;
  readonly split: Split;
  /** Where decoded images are kept; default: `GANSMITH_CACHE`, else `~/.cache/gansmith`. */
  readonly cacheDir?: string | undefined;
  /** Called while images are decoded (not when they come from the cache). */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Stops decoding; nothing half-written stays behind. */
  readonly signal?: AbortSignal | undefined;
}

/** Pixel byte -> [-1, 1], rounded as f32 arithmetic rounds. */
export const pixelValues: Float32Array = Float32Array.from({ length: 256 }, (_, v) => {
  return Math.fround(Math.fround(Math.fround(v / 255) - 0.5) / 0.5);
});
