import fc from "fast-check";
import protobuf from "protobufjs/light.js";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeChunks, encodeMessage, type MessageSchema } from "./protobuf.ts";

const schema: MessageSchema = {
  int: { id: 1, type: "int64" },
  ints: { id: 2, type: "int64", repeated: true },
  single: { id: 3, type: "float" },
  doubles: { id: 4, type: "double", repeated: true },
  text: { id: 5, type: "string" },
  blob: { id: 16, type: "bytes" },
  child: { id: 7, type: () => schema },
  children: { id: 8, type: () => schema, repeated: true },
};

/** The same messages by protobufjs's own reflection, which is free to generate code here. */
function reflection(packed: boolean): protobuf.Type {
  const options = { packed };
  const type = protobuf.Root.fromJSON({
    nested: {
      Message: {
        fields: {
          int: { id: 1, type: "int64" },
          ints: { id: 2, type: "int64", rule: "repeated", options },
          single: { id: 3, type: "float" },
          doubles: { id: 4, type: "double", rule: "repeated", options },
          text: { id: 5, type: "string" },
          blob: { id: 16, type: "bytes" },
          child: { id: 7, type: "Message" },
          children: { id: 8, type: "Message", rule: "repeated" },
        },
      },
    },
  });
  return type.lookupType("Message");
}

function message(depth: number): fc.Arbitrary<object> {
  const inner =
    depth > 0 ? message(depth - 1) : fc.constant({ ints: [], doubles: [], children: [] });
  return fc.record(
    {
      int: fc.maxSafeInteger(),
      ints: fc.array(fc.maxSafeInteger(), { maxLength: 4 }),
      single: fc.float({ noNaN: true }),
      doubles: fc.array(fc.double({ noNaN: true }), { maxLength: 4 }),
      text: fc.string({ unit: "grapheme", maxLength: 20 }),
      blob: fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.nat(255).map((x) => new Uint8Array(5000).fill(x)),
      ),
      child: inner,
      children: fc.array(inner, { maxLength: 2 }),
    },
    { requiredKeys: ["ints", "doubles", "children"] },
  );
}

/**
 * Text that tells messages apart; comparing 5,000-byte blobs as objects is slow. Fields at their
 * default count as absent: protobufjs leaves them out, we write them.
 */
function fingerprint(value: object): string {
  return JSON.stringify(value, (_, x: unknown) => {
    if (x instanceof Uint8Array) return Buffer.from(x).toString("hex");
    if (typeof x === "number") return Object.is(x, -0) ? "-0" : String(x);
    if (typeof x !== "object" || x === null || Array.isArray(x)) return x;
    const set = Object.entries(x).filter(
      ([, v]) => v !== 0 && v !== "" && !(v instanceof Uint8Array && v.length === 0),
    );
    return Object.fromEntries(set.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

test("reads what protobufjs writes, packed or not, and writes what protobufjs reads", () => {
  fc.assert(
    fc.property(message(2), fc.boolean(), (value, packed) => {
      const type = reflection(packed);
      const ours = encodeMessage(schema, value);
      const theirs = Uint8Array.from(type.encode(type.fromObject(value)).finish());
      const expected = fingerprint(value);
      expect(fingerprint(decodeMessage(schema, ours))).toBe(expected);
      expect(fingerprint(decodeMessage(schema, theirs))).toBe(expected);
      const read = type.toObject(type.decode(ours), { longs: Number, arrays: true });
      expect(fingerprint(read)).toBe(expected);
      expect(encodeChunks(schema, value).length).toBe(ours.length);
    }),
    { numRuns: 60 },
  );
});

describe("refuses with a RangeError", () => {
  let deep: Uint8Array = new Uint8Array();
  for (let i = 0; i < 100; i++)
    deep = encodeMessage({ child: { id: 7, type: "bytes" } }, { child: deep });
  test.each<[string, Uint8Array]>([
    ["a hundred messages in each other", deep],
    ["a field of the wrong wire type", Uint8Array.of((5 << 3) | 0, 1)],
    ["a length past the end", Uint8Array.of((5 << 3) | 2, 4, 65)],
    ["text that is not UTF-8", Uint8Array.of((5 << 3) | 2, 1, 0xff)],
    ["a whole number above 2^53", Uint8Array.of(1 << 3, 255, 255, 255, 255, 255, 255, 255, 127)],
    ["an unknown field past the end", Uint8Array.of(((60 << 3) & 127) | 128 | 2, 3, 100)],
  ])("%s", (_, bytes) => {
    expect(() => decodeMessage(schema, bytes)).toThrow(RangeError);
  });
});
