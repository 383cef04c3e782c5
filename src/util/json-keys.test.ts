import fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedKey } from "./json-keys.ts";

test.each<[string, string | undefined]>([
  ["{}", undefined],
  ['{"a":1,"b":{"a":2}}', undefined],
  ['[{"a":1},{"a":1}]', undefined],
  ['{"a":"a","b":"b : {"}', undefined],
  ['{"a":1,"a":2}', "a"],
  ['{"a":1, "\\u0061" : 2}', "a"],
  ['{"x":[{"q\\"}":1,"q\\"}":1}]}', 'q"}'],
  ['{"a":{"b":1},"a":3}', "a"],
])("%s", (json, key) => {
  expect(repeatedKey(json)).toBe(key);
});

test("what JSON.stringify writes never repeats a key", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(2), (value, indent) => {
      expect(repeatedKey(JSON.stringify(value, null, indent))).toBeUndefined();
    }),
  );
});
