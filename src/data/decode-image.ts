import sharp from "sharp";
import { GansmithError } from "../util/errors.ts";
import type { Fit } from "./resize.ts";

/** Pictures with more pixels are refused: a small file can declare gigabytes. */
export const MAX_PIXELS = 100_000_000;

/** How pictures become squares of one size. */
export interface DecodeRule {
  readonly size: number;
  /** Not square: centre crop, pad with the background, or stretch. */
  readonly fit: Fit;
  /** What shows through transparent pixels, `#rrggbb`. */
  readonly background: string;
  /** `auto`: nearest when the picture is at most half the size (pixel art), else Lanczos. */
  readonly kernel: "auto" | "nearest" | "linear" | "lanczos3";
}

/** Part of every cache key: another decoder may give other pixels. */
export const decoderVersion = `1 sharp ${sharp.versions.sharp} vips ${sharp.versions.vips}`;

const resizeFits = { crop: "cover", pad: "contain", stretch: "fill" } as const;

/**
 * Decodes a PNG, JPEG, WebP or GIF (its first frame) to colour planes [3, size, size]: turned by
 * its EXIF orientation, composited on the background, converted to sRGB, fitted and resized.
 * Throws `GansmithError` ("data") whose message goes behind the picture's name.
 */
export async function decodeImage(bytes: Uint8Array, rule: DecodeRule): Promise<Uint8Array> {
  if (bytes.length === 0) throw unreadable("it is empty");
  // Only these four decoders see untrusted bytes, whatever else libvips was built with.
  if (!sniff(bytes)) throw unreadable("it is not a PNG, JPEG, WebP or GIF picture");
  const { size, fit, background } = rule;
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "truncated" });
    const { width, height } = await image.metadata();
    const side = fit === "pad" ? Math.max(width, height) : Math.min(width, height);
    const auto = side * 2 <= size ? "nearest" : "lanczos3";
    const { data, info } = await image
      .autoOrient()
      .flatten({ background })
      .toColourspace("srgb")
      .resize(size, size, {
        fit: resizeFits[fit],
        background,
        kernel: rule.kernel === "auto" ? auto : rule.kernel,
      })
      .removeAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return toPlanes(data, size * size, info.channels);
  } catch (error) {
    throw unreadable(reason(error), error);
  }
}

/** Interleaved bytes -> three planes; one-channel pictures repeat their plane. */
function toPlanes(data: Uint8Array, area: number, channels: number): Uint8Array {
  const planes = new Uint8Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const from = channels >= 3 ? c : 0;
    for (let k = 0; k < area; k++) planes[c * area + k] = data[k * channels + from] as number;
  }
  return planes;
}

/** The shorter side in pixels, from the header alone. */
export async function shortSide(bytes: Uint8Array): Promise<number> {
  if (bytes.length === 0) throw unreadable("it is empty");
  if (!sniff(bytes)) throw unreadable("it is not a PNG, JPEG, WebP or GIF picture");
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
    return Math.min(width, height);
  } catch (error) {
    throw unreadable(reason(error), error);
  }
}

function sniff(b: Uint8Array): boolean {
  const text = String.fromCharCode(...b.subarray(0, 12));
  return (
    text.startsWith("\x89PNG\r\n\x1a\n") ||
    text.startsWith("\xff\xd8\xff") ||
    text.startsWith("GIF8") ||
    (text.startsWith("RIFF") && text.slice(8) === "WEBP")
  );
}

/** The first line of a decoder's message, without its own punctuation. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split("\n").find((l) => l.trim() !== "") ?? "unknown reason";
  if (/pixel limit/.test(line)) return `it has more than ${MAX_PIXELS / 1e6} million pixels`;
  return line.trim().replace(/\.$/, "");
}

function unreadable(why: string, cause?: unknown): GansmithError {
  return new GansmithError("data", why, cause === undefined ? undefined : { cause });
}
