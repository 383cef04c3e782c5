import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  idxBytes,
  picture,
  put,
  temporaryFolder,
  zipBytes,
} from "../../test/support/picture-files.ts";
import { inferData } from "./infer-data.ts";

const root = temporaryFolder();

test("knows names, folders and files by what they are", async () => {
  const images = idxBytes([1, 2, 2], new Uint8Array(4));
  const cases: [string, string][] = [
    ["mnist", "mnist"],
    ["emoji", "emoji"],
    [put(join(root, "icons/a.png"), await picture("png")).replace("/a.png", ""), "folder"],
    [put(join(root, "any.data"), await zipBytes({ "a.png": "x" })), "zip"],
    [put(join(root, "digits"), images), "idx"],
    [put(join(root, "my-images-idx3-ubyte.gz"), gzipSync(images)), "idx"],
    [put(join(root, "m/t10k-images-idx3-ubyte"), images).replace(/.t10k.*/, ""), "idx"],
    [put(join(root, "c/test_batch.bin"), "x").replace("/test_batch.bin", ""), "cifar"],
    [put(join(root, "batch.bin"), "xyzw"), "cifar"],
  ];
  for (const [given, name] of cases) expect(inferData(given).name, given).toBe(name);
});

test("says what was expected otherwise", async () => {
  expect(() => inferData("mnits")).toThrow('Did you mean "mnist"?');
  expect(() => inferData("./nowhere")).toThrow("./nowhere does not exist");
  expect(() => inferData(put(join(root, "a.txt"), "hello"))).toThrow("not data that gansmith can");
  expect(() => inferData(put(join(root, "empty"), ""))).toThrow("not data that gansmith can");
  const single = put(join(root, "one.png"), await picture("png"));
  expect(() => inferData(single)).toThrow("It is one picture");
});
