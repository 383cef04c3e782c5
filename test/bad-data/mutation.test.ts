import { rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openData } from "../../src/data/index.ts";
import type { DataSpec } from "../../src/data/source.ts";
import { GansmithError } from "../../src/util/errors.ts";
import { Random } from "../../src/util/random.ts";
import { at, good, jpeg, leftovers, request, ten } from "../support/bad-files.ts";
import { picture, put, zipBytes } from "../support/picture-files.ts";

describe("mutated files load or are refused, and leave nothing half-written", async () => {
  const classFolder = await zipBytes({
    "0/a.png": good,
    "1/b.jpg": jpeg,
    "dataset.json": '{"labels": [["0/a.png", 0], ["1/b.jpg", 1]]}',
  });
  const files: Readonly<Record<string, [Uint8Array, (path: string) => DataSpec]>> = {
    "m.png": [good, () => ({ name: "folder", path: at("mutant"), testShare: 0 })],
    "m.jpg": [jpeg, () => ({ name: "folder", path: at("mutant"), testShare: 0 })],
    "m.webp": [
      await picture("webp", { width: 40, height: 24 }),
      () => ({ name: "folder", path: at("mutant"), testShare: 0 }),
    ],
    "m.gif": [await picture("gif"), () => ({ name: "folder", path: at("mutant"), testShare: 0 })],
    "m.zip": [classFolder, (path) => ({ name: "zip", path, testShare: 0 })],
    "m-images-idx3-ubyte": [ten, (path) => ({ name: "idx", path, testShare: 0 })],
    "m-images-idx3-ubyte.gz": [gzipSync(ten), (path) => ({ name: "idx", path, testShare: 0 })],
    "m.bin": [new Uint8Array(3 * 3073), (path) => ({ name: "cifar", path, testShare: 0 })],
  };
  test.each(Object.entries(files))("%s", async (name, [bytes, specOf]) => {
    const random = new Random(7, `mutate/${name}`);
    const path = at("mutant", name);
    for (let round = 0; round < 60; round++) {
      const mutant = Buffer.from(
        random.uniform() < 0.3 ? bytes.subarray(0, random.below(bytes.length)) : bytes,
      );
      const flips = mutant.length === 0 ? 0 : random.below(5);
      // Headers are where parsers go wrong: half of the flips fall there.
      for (let f = 0; f < flips; f++) {
        const place = random.below(
          random.uniform() < 0.5 ? Math.min(64, mutant.length) : mutant.length,
        );
        mutant[place] = random.below(256);
      }
      rmSync(at("mutant"), { recursive: true, force: true });
      put(path, mutant);
      try {
        const data = await openData(specOf(path), request);
        const out = new Float32Array(data.channels * data.size ** 2);
        for (let i = 0; i < data.count; i++) data.read([i], out);
        expect(out.every((v) => v >= -1 && v <= 1)).toBe(true);
        data.close();
      } catch (error) {
        if (!(error instanceof GansmithError)) {
          throw new Error(`round ${round}: ${String(error)}`, { cause: error });
        }
      }
      expect(leftovers()).toEqual([]);
    }
  });
});
