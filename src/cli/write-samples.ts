import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { encodePng } from "../data/image-grid.ts";
import { safetensorsChunks } from "../onnx/safetensors.ts";
import { usageError } from "../util/errors.ts";
import { errorCode, ioError, makeFolder, writeFileAtomic } from "../util/node/files.ts";

interface Pictures {
  /** [n,C,H,W] in [-1, 1]. */
  readonly samples: Float32Array;
  readonly channels: 1 | 3;
  readonly size: number;
}

/**
 * Writes a grid (`.png`), one array `images` (`.safetensors`) or a folder with a picture each (no
 * ending); returns the number of files. Throws a usage error for another ending or an occupied folder.
 */
export async function writeSamples(pictures: Pictures, out: string): Promise<number> {
  const { samples, channels, size } = pictures;
  const each = channels * size * size;
  const n = samples.length / each;
  const ending = extname(out).toLowerCase();
  if (ending === ".png") {
    writeFileAtomic(out, await encodePng(samples, { channels, size, scale: size < 48 ? 2 : 1 }));
    return 1;
  }
  if (ending === ".safetensors") {
    const data = samples as Float32Array<ArrayBuffer>;
    const images = { dtype: "F32", shape: [n, channels, size, size], data } as const;
    const metadata = { valueRange: "[-1, 1]", layout: "NCHW" };
    writeFileAtomic(out, safetensorsChunks(new Map([["images", images]]), metadata));
    return 1;
  }
  if (ending !== "") {
    throw usageError(
      `--out "${out}": expected .png (a grid), .safetensors (an array) or a folder, received ${ending}.`,
    );
  }
  claimFolder(out);
  for (let i = 0; i < n; i++) {
    const one = samples.subarray(i * each, (i + 1) * each);
    const name = `${String(i).padStart(6, "0")}.png`;
    writeFileAtomic(join(out, name), await encodePng(one, { channels, size }));
  }
  return n;
}

function claimFolder(out: string): void {
  try {
    makeFolder(out);
    if (readdirSync(out).length === 0) return;
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw usageError(`${out} is a file, expected a folder.`);
    throw ioError(`create the folder ${out}`, error);
  }
  throw usageError(`${out} is not empty; choose another --out, so that nothing is overwritten.`);
}
