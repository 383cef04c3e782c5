import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Color } from "sharp";
import sharp from "sharp";
import { afterAll } from "vitest";
import yazl from "yazl";
import { Random } from "../../src/util/random.ts";

/** A temporary folder for one test file; removed when the file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gansmith-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file and the folders above it; returns its path. */
export function put(path: string, bytes: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** A picture of seeded noise in large blocks, so that lossy formats keep it roughly. */
export async function picture(
  format: "png" | "jpeg" | "webp" | "gif",
  { width = 16, height = 16, channels = 3 as 1 | 3 | 4, seed = 1 } = {},
): Promise<Buffer> {
  const random = new Random(seed, "picture");
  const raw = new Uint8Array(width * height * channels);
  const blocks = Uint8Array.from({ length: 64 * channels }, () => random.below(256));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor((y * 8) / height) * 8 + Math.floor((x * 8) / width);
      for (let c = 0; c < channels; c++) {
        raw[(y * width + x) * channels + c] = blocks[block * channels + c] as number;
      }
    }
  }
  return sharp(raw, { raw: { width, height, channels } }).toFormat(format).toBuffer();
}

/** A picture of one colour. */
export function plain(
  width: number,
  height: number,
  background: Color,
  format: "png" | "webp" | "gif" = "png",
): Promise<Buffer> {
  const channels = typeof background === "object" && "alpha" in background ? 4 : 3;
  return sharp({ create: { width, height, channels, background } }).toFormat(format).toBuffer();
}

/** An IDX file of unsigned bytes. */
export function idxBytes(dims: readonly number[], data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * dims.length);
  head[2] = 8;
  head[3] = dims.length;
  for (const [i, d] of dims.entries()) head.writeUInt32BE(d, 4 + 4 * i);
  return Buffer.concat([head, data]);
}

/** A zip of `entries`. */
export async function zipBytes(
  entries: Readonly<Record<string, string | Uint8Array>>,
): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
