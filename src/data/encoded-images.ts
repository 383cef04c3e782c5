import { z } from "zod";
import { GansmithError } from "../util/errors.ts";
import { decodeImage, shortSide } from "./decode-image.ts";
import type { DecodePlan } from "./decode-plan.ts";
import type { DataRequest } from "./image-dataset.ts";
import { isGrey, toGrey } from "./planes.ts";

/** Pictures in files of their own: a folder's, a zip's. */
export interface EncodedImages {
  /** For messages: where the pictures lie. */
  readonly where: string;
  readonly names: readonly string[];
  readonly classes: readonly string[];
  labelOf(i: number): number;
  read(i: number): Promise<Uint8Array>;
  close?(): void;
}

/** Options that every source of encoded pictures shares. */
export const encodedOptions = {
  /** Not square: centre crop, pad with the background, or stretch. */
  fit: z.enum(["crop", "pad", "stretch"]).default("crop"),
  /** What shows through transparent pixels. */
  background: z
    .string()
    .regex(/^(white|black|grey|#[0-9a-f]{6})$/i, "expected white, black, grey or #rrggbb")
    .default("white"),
  kernel: z.enum(["auto", "nearest", "linear", "lanczos3"]).default("auto"),
  /** Leave unreadable pictures out, and count them, instead of stopping. */
  skipBad: z.boolean().default(false),
  /** Use class folders (or dataset.json) as labels where there are any. */
  labels: z.boolean().default(true),
};

const encodedSchema = z.object(encodedOptions);
/** The checked values of `encodedOptions`. */
export type EncodedRule = z.output<typeof encodedSchema>;

const colours: Readonly<Record<string, string>> = {
  white: "#ffffff",
  black: "#000000",
  grey: "#808080",
};
const nativeSizes = [128, 64, 32, 16];
const PROBED = 256;

/**
 * Decodes the pictures `chosen`. Left open by the request: size is the largest of 16, 32, 64 and
 * 128 that does not exceed the median shorter side (of up to 256 pictures); channels are 1 when
 * every picture, of both splits, is grey at that size, else 3.
 */
export async function encodedPlan(
  images: EncodedImages,
  chosen: readonly number[],
  request: DataRequest,
  rule: EncodedRule,
): Promise<DecodePlan> {
  const { fit, kernel, skipBad } = rule;
  const background = colours[rule.background.toLowerCase()] ?? rule.background;
  const guarded = async <T>(i: number, work: (bytes: Uint8Array) => Promise<T>) => {
    const bytes = await images.read(i);
    try {
      return await work(bytes);
    } catch (error) {
      if (!(error instanceof GansmithError) || error.kind !== "data") throw error;
      if (skipBad) return undefined;
      throw new GansmithError(
        "data",
        `${images.where}: ${images.names[i]} cannot be read as a picture: ${error.message}. ` +
          `Repair or remove it, or leave such pictures out with --set data.skipBad=true.`,
        { cause: error },
      );
    }
  };
  const size = request.size ?? (await medianSize());
  const decode = (i: number): Promise<Uint8Array | undefined> =>
    guarded(i, (bytes) => decodeImage(bytes, { size, fit, background, kernel }));
  const channels = request.channels ?? ((await allGrey()) ? 1 : 3);

  async function medianSize(): Promise<number> {
    const sides: number[] = [];
    const step = Math.max(1, Math.ceil(images.names.length / PROBED));
    for (let i = 0; i < images.names.length; i += step) {
      const side = await guarded(i, shortSide);
      if (side !== undefined) sides.push(side);
    }
    sides.sort((a, b) => a - b);
    const median = sides[sides.length >> 1] ?? 0;
    return nativeSizes.find((s) => s <= median) ?? 16;
  }

  async function allGrey(): Promise<boolean> {
    for (let i = 0; i < images.names.length; i++) {
      request.signal?.throwIfAborted();
      const planes = await decode(i);
      if (planes && !isGrey(planes)) return false;
    }
    return true;
  }

  return {
    count: chosen.length,
    channels,
    size,
    classes: images.classes,
    labelOf: (i) => images.labelOf(chosen[i] as number),
    async decode(i) {
      const planes = await decode(chosen[i] as number);
      return planes && channels === 1 ? toGrey(planes) : planes;
    },
    close: () => images.close?.(),
  };
}

/** True for the name of a picture that is read (`.png .jpg .jpeg .webp .gif`). */
export function isImageName(name: string): boolean {
  return /\.(png|jpe?g|webp|gif)$/i.test(name);
}

/**
 * Labels from class folders: the first folder of each name, when every picture lies in a folder and
 * there are two folders or more; otherwise none.
 */
export function folderLabels(paths: readonly string[]): {
  classes: readonly string[];
  labels: readonly number[];
} {
  const tops = paths.map((p) => (p.includes("/") ? p.slice(0, p.indexOf("/")) : ""));
  const classes = [...new Set(tops)].sort(byCodeUnit);
  if (classes.length < 2 || classes.includes("")) return { classes: [], labels: [] };
  const place = new Map(classes.map((c, i) => [c, i]));
  return { classes, labels: tops.map((t) => place.get(t) as number) };
}

/** The same order on every machine and locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
