import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { badIdx, decodeIdx, type IdxArray, isGzip } from "./idx-format.ts";

/** Larger IDX files than any known one; keeps a hostile .gz from filling the memory. */
const MAX_BYTES = 0x7fff_0000;

/** Reads an IDX file, gzipped or not, of unsigned bytes. Throws `GansmithError` ("data") that names the file. */
export async function parseIdx(path: string, file: Uint8Array, rank: number): Promise<IdxArray> {
  return decodeIdx(path, await unpack(path, file), rank);
}

async function unpack(path: string, file: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(file)) return file;
  try {
    return await promisify(gunzip)(file, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badIdx(path, `it cannot be unpacked with gzip: ${why}`);
  }
}
