// TFRecord framing, as TensorFlow's record_writer defines it: u64 length, its masked crc32c, the
// bytes, their masked crc32c; all little-endian.

const HEAD_BYTES = 12;
const TAIL_BYTES = 4;

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C of `bytes`, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** TensorFlow stores checksums rotated and shifted, lest they be checksums of themselves. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Frames one record. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEAD_BYTES + data.byteLength + TAIL_BYTES);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.byteLength), true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(data, HEAD_BYTES);
  view.setUint32(HEAD_BYTES + data.byteLength, masked(data), true);
  return out;
}

export interface RecordScan {
  /** The length of the file's part that holds whole, sound records. */
  readonly soundBytes: number;
  /** `whole`: nothing follows. `cut`: part of a record follows. `damaged`: a checksum is wrong. */
  readonly end: "whole" | "cut" | "damaged";
  readonly records: Uint8Array[];
}

/** Reads records up to the first that is not sound; the records are views of `bytes`. */
export function scanRecords(bytes: Uint8Array): RecordScan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const left = bytes.byteLength - at;
    if (left === 0) return { soundBytes: at, end: "whole", records };
    if (left < HEAD_BYTES) return { soundBytes: at, end: "cut", records };
    if (view.getUint32(at + 8, true) !== masked(bytes.subarray(at, at + 8))) {
      return { soundBytes: at, end: "damaged", records };
    }
    const length = view.getBigUint64(at, true);
    if (length > left - HEAD_BYTES - TAIL_BYTES) return { soundBytes: at, end: "cut", records };
    const start = at + HEAD_BYTES;
    const end = start + Number(length);
    const data = bytes.subarray(start, end);
    if (view.getUint32(end, true) !== masked(data)) {
      return { soundBytes: at, end: "damaged", records };
    }
    records.push(data);
    at = end + TAIL_BYTES;
  }
}
