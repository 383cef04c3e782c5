import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import resized from "../src/data/fixtures/resize.json" with { type: "json" };
import type { ImageDataset } from "../src/data/image-dataset.ts";
import { openData } from "../src/data/index.ts";
import { emoji } from "../src/data/sources/emoji.ts";
import { fashionMnist } from "../src/data/sources/fashion-mnist.ts";
import { mnist } from "../src/data/sources/mnist.ts";
import { put, temporaryFolder } from "./support/picture-files.ts";

const root = temporaryFolder();
const cacheDir = join(root, "cache");

/** Calls `see` with the bytes of each image. */
function eachImage(data: ImageDataset, see: (pixels: Uint8Array, i: number) => void): void {
  const out = new Float32Array(data.channels * data.size ** 2);
  for (let i = 0; i < data.count; i++) {
    data.read([i], out);
    see(
      Uint8Array.from(out, (v) => Math.round((v + 1) * 127.5)),
      i,
    );
  }
}

test("all of MNIST at 64 x 64 equals torchvision's Resize, byte for byte", async () => {
  const data = await openData(mnist(), { split: "train", size: 64, cacheDir });
  expect(data.count).toBe(resized.mnist64.images);
  // A cache file begins with the pixels.
  const pixels = readFileSync(data.cachePath).subarray(0, data.count * 64 * 64);
  expect(createHash("sha256").update(pixels).digest("hex")).toBe(resized.mnist64.sha256);
});

test("Fashion-MNIST has 6,000 and 1,000 images of each class", async () => {
  for (const [split, each] of [
    ["train", 6000],
    ["test", 1000],
  ] as const) {
    const data = await openData(fashionMnist(), { split, cacheDir });
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < data.count; i++)
      counts[data.labelOf(i)] = (counts[data.labelOf(i)] ?? 0) + 1;
    expect(counts).toEqual(new Array(10).fill(each));
  }
});

test("no emoji of the test split has an equal picture in the train split", async () => {
  const seen = new Map<string, "train" | "test">();
  let total = 0;
  for (const split of ["train", "test"] as const) {
    const data = await openData(emoji(), { split, cacheDir });
    expect([data.channels, data.size, data.classes.length]).toEqual([3, 64, 10]);
    total += data.count;
    eachImage(data, (pixels, i) => {
      const digest = createHash("sha256").update(pixels).digest("hex");
      expect(seen.get(digest) ?? split, `${split} ${i}`).toBe(split);
      seen.set(digest, split);
    });
  }
  expect(total).toBe(3786);
  const plain = await openData(emoji({ skinTones: false }), { split: "train", cacheDir });
  expect(plain.count).toBeLessThan(1911);
});

test("the built prefetcher reads in a thread and gives what reading in place gives", () => {
  const built = join(root, "built");
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  const options = ["--noCheck", "--declaration", "false", "--outDir", join(built, "dist")];
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", ...options]);
  put(join(built, "package.json"), '{"type":"module"}');
  symlinkSync(join(process.cwd(), "node_modules"), join(built, "node_modules"));
  const program = put(
    join(built, "program.js"),
    `import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { BatchOrder } from "./dist/data/batches.js";
import { openData } from "./dist/data/index.js";
import { Prefetcher } from "./dist/data/prefetch.js";
const data = await openData({ name: "mnist" }, { split: "test", cacheDir: ${JSON.stringify(cacheDir)} });
const result = [];
for (const threaded of [true, false]) {
  const ahead = new Prefetcher(data, new BatchOrder(data.count, 64, 5), { threaded });
  const hash = createHash("sha256");
  for (let b = 0; b < 400; b++) {
    const { images, labels, indices } = ahead.next();
    hash.update(images).update(labels).update(indices).update(JSON.stringify(ahead.state));
    // Now and then the thread gets ahead, now and then it does not.
    if (b % 7 === 0) await setTimeout(2);
  }
  result.push({ threaded: ahead.threaded, digest: hash.digest("hex") });
  ahead.close();
}
// One is left open: a thread must not keep the process alive.
new Prefetcher(data, new BatchOrder(data.count, 64, 5)).next();
console.log(JSON.stringify(result));
`,
  );
  const said = execFileSync(process.execPath, [program], { encoding: "utf8", timeout: 120_000 });
  const [thread, place] = JSON.parse(said);
  expect([thread.threaded, place.threaded]).toEqual([true, false]);
  expect(thread.digest).toBe(place.digest);
});
