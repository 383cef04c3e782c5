import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { GansmithError } from "../../util/errors.ts";

/** Larger IDX files than any known one; keeps a hostile .gz from filling the memory. */
const MAX_BYTES = 0x7fff_0000;

/** An IDX file of bytes: `dims` and the bytes in row-major order. */
export interface IdxArray {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file (LeCun's MNIST format: two zero bytes, type, rank, big-endian sizes, payload),
 * gzipped or not, of unsigned bytes. Throws `GansmithError` ("data") that names the file.
 */
export async function parseIdx(path: string, file: Uint8Array, rank: number): Promise<IdxArray> {
  const bytes = await unpack(path, file);
  const wanted = `an IDX file of unsigned bytes with ${rank} ${rank === 1 ? "dimension" : "dimensions"}`;
  if (bytes.length < 4 + 4 * rank) {
    throw bad(path, `expected ${wanted}, received ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic !== (0x0800 | rank)) {
    const seen = magic.toString(16).padStart(8, "0");
    const want = (0x0800 | rank).toString(16).padStart(8, "0");
    throw bad(path, `expected ${wanted} (magic ${want}), received magic ${seen}`);
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const payload = bytes.length - 4 - 4 * rank;
  const expected = dims.reduce((a, b) => a * b, 1);
  if (expected === 0) throw bad(path, `it declares no data: dimensions ${dims.join(" x ")}`);
  if (payload !== expected) {
    throw bad(
      path,
      `its header declares ${dims.join(" x ")} = ${expected} bytes, the file holds ${payload}`,
    );
  }
  return { dims, data: bytes.subarray(4 + 4 * rank) };
}

async function unpack(path: string, file: Uint8Array): Promise<Uint8Array> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return await promisify(gunzip)(file, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw bad(path, `it cannot be unpacked with gzip: ${why}`);
  }
}

function bad(path: string, why: string): GansmithError {
  return new GansmithError("data", `${path}: ${why}. Replace the file with a whole copy.`);
}
