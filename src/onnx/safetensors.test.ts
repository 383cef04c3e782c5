import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GansmithError } from "../util/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  safetensorsChunks,
} from "./safetensors.ts";

const arrays = [
  ["F64", Float64Array],
  ["F32", Float32Array],
  ["I64", BigInt64Array],
  ["I32", Int32Array],
  ["U32", Uint32Array],
  ["F16", Uint16Array],
  ["BF16", Uint16Array],
  ["U8", Uint8Array],
  ["BOOL", Uint8Array],
] as const;

/** Random bytes read as each type: NaN payloads and signed zeros must survive too. */
const tensor: fc.Arbitrary<NamedTensor> = fc
  .record({
    kind: fc.constantFrom(...arrays),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    seed: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  })
  .map(({ kind: [dtype, array], shape, seed }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const bytes = Uint8Array.from(
      { length: count * array.BYTES_PER_ELEMENT },
      (_, i) => (seed[i % 8] ?? 0) + i,
    );
    return { dtype, shape, data: new array(bytes.buffer) };
  });
const name = fc.string({ unit: "binary" }).filter((s) => s !== "__metadata__");
const file = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([n]) => n, maxLength: 6 });
const metadata = fc.dictionary(name, fc.string({ unit: "grapheme" }), { noNullPrototype: true });

function rawBytes({ data }: NamedTensor): number[] {
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}

/** A file with the given header text and data. */
function raw(header: string | object, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const out = new Uint8Array(8 + json.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

describe("round trip", () => {
  test("decode(encode(tensors)) are the tensors, at any alignment", () => {
    fc.assert(
      fc.property(file, metadata, fc.nat(8), (entries, meta, shift) => {
        const encoded = encodeSafetensors(new Map(entries), meta);
        const moved = new Uint8Array(encoded.length + shift).subarray(shift);
        moved.set(encoded);
        const read = decodeSafetensors(moved);
        expect(read.metadata).toEqual(meta);
        expect(read.tensors.size).toBe(entries.length);
        for (const [key, value] of entries) {
          const got = read.tensors.get(key);
          expect(got?.dtype).toBe(value.dtype);
          expect(got?.shape).toEqual(value.shape);
          expect(got && rawBytes(got)).toEqual(rawBytes(value));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("the order of the map does not change the bytes", () => {
    fc.assert(
      fc.property(file, metadata, (entries, meta) => {
        const forward = encodeSafetensors(new Map(entries), meta);
        const backward = encodeSafetensors(
          new Map(entries.toReversed()),
          Object.fromEntries(Object.entries(meta).reverse()),
        );
        expect(Buffer.compare(forward, backward)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test("chunks are the header, a multiple of 8 bytes, and views of the data", () => {
    const data = Float32Array.of(1, 2, 3);
    const chunks = [...safetensorsChunks(new Map([["w", { dtype: "F32", shape: [3], data }]]))];
    expect(chunks).toHaveLength(2);
    expect((chunks[0]?.length ?? 1) % 8).toBe(0);
    expect(chunks[1]?.buffer).toBe(data.buffer);
  });

  test("aligned tensors are read without a copy", () => {
    const w: NamedTensor = { dtype: "F64", shape: [1], data: Float64Array.of(2) };
    const bytes = encodeSafetensors(new Map([["w", w]]));
    expect(decodeSafetensors(bytes).tensors.get("w")?.data.buffer).toBe(bytes.buffer);
  });
});

describe("refuses to read", () => {
  const w = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const length = (n: bigint): Uint8Array => {
    const bytes = raw({ w }, 8);
    new DataView(bytes.buffer).setBigUint64(0, n, true);
    return bytes;
  };

  test("(the sound file that the cases below damage is read)", () => {
    expect([...decodeSafetensors(raw({ w }, 8)).tensors.keys()]).toEqual(["w"]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(), /it has 0 bytes/],
    ["a header length beyond the file", length(4000n), /runs past the end/],
    ["a header length beyond the limit", length(100_000_001n), /the limit is 100000000/],
    ["a negative header length", length(-1n & 0xffff_ffff_ffff_ffffn), /the limit is/],
    ["an empty header", raw(""), /not JSON/],
    ["text that is no JSON", raw("{nope}"), /not JSON/],
    ["a header that is a list", raw("[]"), /not a JSON object/],
    ["white space before the header", raw(" {}"), /not a JSON object/],
    [
      "a name given twice",
      raw(`{"a":${JSON.stringify(w)},"\\u0061":${JSON.stringify(w)}}`, 8),
      /"a" twice/,
    ],
    ["a field given twice", raw('{"a":{"dtype":"F32","dtype":"F32"}}'), /"dtype" twice/],
    ["metadata that is not text", raw({ __metadata__: { a: 1 } }), /must map names to text/],
    ["a tensor that is no object", raw({ w: 3 }), /not described by an object/],
    [
      "a dtype we do not know",
      raw({ w: { ...w, dtype: "F8_E4M3" } }, 8),
      /dtype "F8_E4M3"; supported/,
    ],
    ["a dtype of the prototype", raw({ w: { ...w, dtype: "toString" } }, 8), /dtype "toString"/],
    ["no dtype", raw({ w: { shape: [2], data_offsets: [0, 8] } }, 8), /dtype undefined/],
    ["a field we do not know", raw({ w: { ...w, strides: [1] } }, 8), /unknown field "strides"/],
    ["a negative size", raw({ w: { ...w, shape: [-2] } }, 8), /shape \[-2\]/],
    ["a fractional size", raw({ w: { ...w, shape: [0.5, 4] } }, 8), /shape \[0.5,4\]/],
    ["an overflowing shape", raw({ w: { ...w, shape: [2 ** 52, 2 ** 52] } }, 8), /takes/],
    ["a shape that is text", raw({ w: { ...w, shape: "2" } }, 8), /shape "2"/],
    ["a shape too large for its bytes", raw({ w: { ...w, shape: [3] } }, 8), /takes 12 bytes/],
    ["one offset", raw({ w: { ...w, data_offsets: [0] } }, 8), /expected \[begin, end\]/],
    ["offsets backwards", raw({ w: { ...w, data_offsets: [8, 0] } }, 8), /bytes 8 to 0/],
    ["offsets beyond the file", raw({ w }, 4), /the file's data has 4/],
    ["bytes that belong to nothing", raw({ w }, 12), /take 8 bytes, the file has 12/],
    ["a gap", raw({ w: { ...w, data_offsets: [4, 12] } }, 12), /leaves a gap/],
    ["an overlap", raw({ v: w, w: { ...w, data_offsets: [4, 12] } }, 12), /overlaps/],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(message);
    expect(() => decodeSafetensors(bytes)).toThrow(GansmithError);
  });

  test("or reads mutated files, and never fails in another way", () => {
    const values: NamedTensor = { dtype: "F32", shape: [2, 1], data: Float32Array.of(1, 2) };
    const bytes = encodeSafetensors(
      new Map([
        ["a", values],
        ["b", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
      ]),
      { by: "gansmith" },
    );
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true)) + 8;
    const edit = fc.tuple(fc.nat(header - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), fc.nat(3), (edits, cut) => {
        const copy = bytes.slice(0, cut === 3 ? header : bytes.length);
        for (const [at, value] of edits) copy[at] = value;
        try {
          decodeSafetensors(copy);
        } catch (error) {
          expect(error).toBeInstanceOf(GansmithError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("refuses to write", () => {
  const data = Float32Array.of(1, 2);
  test.each<[string, string, unknown, RegExp]>([
    ["a reserved name", "__metadata__", { dtype: "F32", shape: [2], data }, /keeps for itself/],
    ["an unknown dtype", "w", { dtype: "F8", shape: [2], data }, /dtype "F8"; supported/],
    ["data of another kind", "w", { dtype: "I32", shape: [2], data }, /wants a Int32Array/],
    ["a wrong shape", "w", { dtype: "F32", shape: [3], data }, /3 elements, but 2 values/],
    ["a negative shape", "w", { dtype: "F32", shape: [-2], data }, /whole numbers/],
  ])("%s", (_, key, value, message) => {
    const write = () => encodeSafetensors(new Map([[key, value as NamedTensor]]));
    expect(write).toThrow(message);
    expect(write).toThrow(GansmithError);
  });
});
