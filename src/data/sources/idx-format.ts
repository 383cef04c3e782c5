import { GansmithError } from "../../util/errors.ts";

/** An IDX file of bytes: `dims` and the bytes in row-major order. */
export interface IdxArray {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads an unpacked IDX file (LeCun's MNIST format: two zero bytes, type, rank, big-endian sizes,
 * payload) of unsigned bytes. Throws `GansmithError` ("data") that names the file.
 */
export function decodeIdx(path: string, bytes: Uint8Array, rank: number): IdxArray {
  const wanted = `an IDX file of unsigned bytes with ${rank} ${rank === 1 ? "dimension" : "dimensions"}`;
  if (bytes.length < 4 + 4 * rank) {
    throw badIdx(path, `expected ${wanted}, received ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic !== (0x0800 | rank)) {
    const seen = magic.toString(16).padStart(8, "0");
    const want = (0x0800 | rank).toString(16).padStart(8, "0");
    throw badIdx(path, `expected ${wanted} (magic ${want}), received magic ${seen}`);
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const payload = bytes.length - 4 - 4 * rank;
  const expected = dims.reduce((a, b) => a * b, 1);
  if (expected === 0) throw badIdx(path, `it declares no data: dimensions ${dims.join(" x ")}`);
  if (payload !== expected) {
    throw badIdx(
      path,
      `its header declares ${dims.join(" x ")} = ${expected} bytes, the file holds ${payload}`,
    );
  }
  return { dims, data: bytes.subarray(4 + 4 * rank) };
}

/** Whether a file is packed with gzip. */
export function isGzip(file: Uint8Array): boolean {
  return file[0] === 0x1f && file[1] === 0x8b;
}

export function badIdx(path: string, why: string): GansmithError {
  return new GansmithError("data", `${path}: ${why}. Replace the file with a whole copy.`);
}
