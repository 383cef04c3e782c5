import type { DecodePlan } from "./decode-plan.ts";
import type { DataRequest } from "./image-dataset.ts";
import type { Fit } from "./resize.ts";
import { fitPlane, luma } from "./resize.ts";

/** Images that lie uncompressed in memory: IDX, CIFAR, JSON arrays. */
export interface RawImages {
  readonly count: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  readonly classes: readonly string[];
  labelOf(i: number): number;
  /** Planes [C, H, W] of image `i`. */
  pixels(i: number): Uint8Array;
}

/**
 * Decodes raw images to the requested size and channels. Their own size is the shorter side. Grey
 * becomes colour by repetition, colour becomes grey by ITU-R 601 luma; resizing is `resizePlane`.
 */
export function rawPlan(
  images: RawImages,
  request: Pick<DataRequest, "size" | "channels">,
  fit: Fit = "crop",
): DecodePlan {
  const { height, width } = images;
  const size = request.size ?? Math.min(height, width);
  const channels = request.channels ?? images.channels;
  const area = height * width;
  return {
    count: images.count,
    channels,
    size,
    classes: images.classes,
    labelOf: (i) => images.labelOf(i),
    decode(i) {
      const source = images.pixels(i);
      const planes =
        images.channels === 3 && channels === 1
          ? [greyPlane(source, area)]
          : Array.from({ length: images.channels }, (_, c) =>
              source.subarray(c * area, (c + 1) * area),
            );
      const out = new Uint8Array(channels * size * size);
      const square = planes.map((p) => fitPlane(p, height, width, size, fit, 0));
      for (let c = 0; c < channels; c++) {
        out.set((square[c] ?? square[0]) as Uint8Array, c * size * size);
      }
      return out;
    },
  };
}

function greyPlane(source: Uint8Array, area: number): Uint8Array {
  return Uint8Array.from({ length: area }, (_, i) =>
    luma(source[i] as number, source[area + i] as number, source[2 * area + i] as number),
  );
}
