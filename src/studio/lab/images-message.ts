import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import type { DecodedImages } from "./memory-images.ts";

/*
 * Decoded images on their way from the studio's server to a page: the length of a header (u32, little
 * endian), the header (JSON), pixels (uint8, [n, C, H, W]), labels (i32, little endian, [n]).
 */

const headerSchema = z.object({
  name: z.string(),
  count: z.int().positive(),
  channels: z.union([z.literal(1), z.literal(3)]),
  size: z.int().positive(),
  classes: z.array(z.string()),
});
export type ImagesHeader = z.output<typeof headerSchema>;

/** What comes before pixels and labels. */
export function encodeImagesHeader(header: ImagesHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(4 + json.length);
  new DataView(out.buffer).setUint32(0, json.length, true);
  out.set(json, 4);
  return out;
}

/** How many bytes of pixels and labels follow a header. */
export function imagesBytes({ count, channels, size }: ImagesHeader): number {
  return count * (channels * size * size + 4);
}

/** Throws a data error for what is no such message, or only a part of one. */
export function decodeImagesMessage(bytes: Uint8Array): DecodedImages {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 4 ? 0 : view.getUint32(0, true);
  const header = headerSchema.safeParse(parseJson(bytes.subarray(4, 4 + length)));
  if (!header.success) throw incomplete("it has no header of images");
  const { count, channels, size } = header.data;
  const start = 4 + length;
  if (bytes.length !== start + imagesBytes(header.data)) {
    throw incomplete(
      `${bytes.length - start} bytes came, expected ${imagesBytes(header.data)} for ${count} images`,
    );
  }
  const labelsAt = start + count * channels * size * size;
  return {
    ...header.data,
    pixels: bytes.subarray(start, labelsAt),
    labels: new Int32Array(bytes.slice(labelsAt).buffer),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function incomplete(why: string): GansmithError {
  return new GansmithError("data", `the images did not arrive whole: ${why}; load them again.`);
}
