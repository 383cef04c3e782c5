import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImageDataset } from "../src/data/image-dataset.ts";
import { openData } from "../src/data/index.ts";
import { type EvaluateOptions, evaluateSamples } from "../src/metrics/evaluate.ts";
import { metrics } from "../src/metrics/registry.ts";
import { cpuBackend } from "../src/runtime/index.ts";
import { Random } from "../src/util/random.ts";
import { firstImages, framedColour } from "./support/first-images.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const imageLength = 28 * 28;
const cacheDir = join(temporaryFolder(), "cache");
const backend = cpuBackend({ threads: 1 });
let train: ImageDataset;
let held: ImageDataset;

beforeAll(async () => {
  train = firstImages(await openData({ name: "mnist" }, { split: "train", cacheDir }), 2000);
  held = firstImages(await openData({ name: "mnist" }, { split: "test", cacheDir }), 1000);
}, 60_000);

afterAll(() => {
  train.close();
  held.close();
});

function imagesOf(data: ImageDataset, from: number, count: number): Float32Array {
  const out = new Float32Array(count * imageLength);
  data.read(
    Uint32Array.from({ length: count }, (_, i) => from + i),
    out,
  );
  return out;
}

function judge(samples: EvaluateOptions["samples"], options: Partial<EvaluateOptions> = {}) {
  return evaluateSamples({ samples, train, test: held, backend, cacheDir, ...options });
}

test("real images score as the floor does, and noise scores worse the more there is", async () => {
  const real = imagesOf(train, 500, 500);
  const wanted = { metrics: ["fid", "kid", "confident", "classes"] };
  const clean = await judge(real, wanted);
  expect(Object.keys(clean)).toEqual(wanted.metrics);
  const { fid, kid, confident, classes } = clean;
  expect(fid).toMatchObject({ samples: 500, floorSamples: 500, higherIsBetter: false });
  expect(fid?.protocol).toContain("classifier-mnist-1");
  expect(fid?.value).toBeGreaterThan(0);
  expect(fid?.value).toBeLessThan(2 * Number(fid?.floor));
  expect(Math.abs(Number(kid?.value) - Number(kid?.floor))).toBeLessThan(3 * Number(kid?.std));
  expect(confident?.value).toBeGreaterThan(0.95);
  expect(confident?.floor).toBeGreaterThan(0.95);
  expect(classes?.min).toBeGreaterThan(0.05);
  expect(classes?.max).toBeLessThan(0.15);
  expect(classes).not.toHaveProperty("warnings");
  let before = fid?.value as number;
  const random = new Random(1, "noise");
  for (const spread of [0.3, 0.6, 1.2]) {
    const noise = new Float32Array(real.length);
    random.fillNormal(noise, spread);
    const noisy = await judge(
      real.map((x, i) => x + (noise[i] as number)),
      { metrics: ["fid", "confident"] },
    );
    expect(noisy.fid?.value).toBeGreaterThan(before);
    expect(noisy.fid?.floor).toBe(fid?.floor);
    before = noisy.fid?.value as number;
  }
  expect(before).toBeGreaterThan(20 * Number(fid?.floor));
});

test("chunks of any length and any batch size give what the whole gives", async () => {
  const real = imagesOf(held, 0, 230);
  const whole = await judge(real);
  async function* chunks() {
    for (const [from, to] of [
      [0, 1],
      [1, 140],
      [140, 140],
      [140, 230],
    ] as const) {
      yield real.subarray(from * imageLength, to * imageLength);
    }
  }
  const chunked = await judge(chunks(), { batch: 64 });
  expect(Object.keys(whole)).toEqual(metrics.map((m) => m.name));
  for (const [name, result] of Object.entries(whole)) {
    expect(chunked[name]?.value).toBeCloseTo(result.value, 4);
    expect(chunked[name]?.floor).toBe(result.floor);
  }
  expect(whole.memorisation?.ratio).toBeCloseTo(1, 0);
});

test("one image over and over is flagged by every metric that sees variety", async () => {
  const one = imagesOf(held, 3, 1);
  const same = new Float32Array(200 * imageLength);
  for (let i = 0; i < 200; i++) same.set(one, i * imageLength);
  const { fid, kid, classes, memorisation } = await judge(same);
  expect(fid?.value).toBeGreaterThan(20 * Number(fid?.floor));
  expect(kid?.value).toBeGreaterThan(100 * Math.abs(Number(kid?.floor)));
  expect(classes).toMatchObject({ min: 0, max: 1 });
  expect(String(classes?.warnings)).toContain("100 % of the samples are of class 0");
  expect(memorisation?.distinct).toBe(1 / 200);
  expect(String(memorisation?.warnings)).toContain("the samples are alike");
});

test("copies of training images are flagged as memorised, held-out images are not", async () => {
  const copies = await judge(imagesOf(train, 100, 150), { metrics: ["memorisation"] });
  expect(copies.memorisation).toMatchObject({
    value: 1,
    copies: 1,
    ratio: 0,
    features: { ratio: 0 },
  });
  expect(copies.memorisation?.floor).toBeLessThan(0.05);
  expect(String(copies.memorisation?.warnings)).toContain("100 % of the samples are nearer");
  const fresh = await judge(imagesOf(held, 100, 150), { metrics: ["memorisation"] });
  expect(fresh.memorisation?.value).toBeLessThan(0.05);
  expect(fresh.memorisation).not.toHaveProperty("warnings");
});

test("a damaged cache of figures is computed again", async () => {
  const real = imagesOf(train, 0, 120);
  const before = await judge(real);
  const folder = join(cacheDir, "metrics");
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const bytes = readFileSync(join(folder, file));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
    writeFileSync(join(folder, file), bytes);
  }
  expect(await judge(real)).toEqual(before);
});

test("larger colour images go through the network, too", async () => {
  const own = {
    train: framedColour(firstImages(train, 200), 2),
    test: framedColour(firstImages(held, 200), 2),
  };
  const samples = new Float32Array(200 * 3 * 32 * 32);
  own.test.read(
    Uint32Array.from({ length: 200 }, (_, i) => i),
    samples,
  );
  const judged = await judge(samples, own);
  const { fid, confident, memorisation } = judged;
  // Now the training images' features come from the cache.
  expect(await judge(samples, own)).toEqual(judged);
  expect(fid?.value).toBeCloseTo(0, 3);
  expect(fid?.floor).toBeGreaterThan(0.1);
  expect(confident?.value).toBeGreaterThan(0.9);
  expect(memorisation?.ratio).toBeCloseTo(1, 5);
});

const bad: [
  string,
  () => Omit<Partial<EvaluateOptions>, "samples"> & { samples: unknown },
  string,
][] = [
  [
    "NaN",
    () => ({ samples: new Float32Array(imageLength).fill(Number.NaN) }),
    "sample 0 holds NaN",
  ],
  [
    "infinity in the second image",
    () => ({
      samples: new Float32Array(2 * imageLength).fill(Number.POSITIVE_INFINITY, imageLength),
    }),
    "sample 1 holds Infinity: the generator has diverged",
  ],
  [
    "half an image",
    () => ({ samples: new Float32Array(100) }),
    "samples must be whole images [n,1,28,28]",
  ],
  ["a chunk of another kind", () => ({ samples: [[0, 1]] }), "samples must be a Float32Array"],
  ["nothing", () => ({ samples: undefined }), "samples must be a Float32Array [n,1,28,28]"],
  ["no samples", () => ({ samples: [] }), "needs at least"],
  [
    "too few for KID",
    () => ({ samples: new Float32Array(99 * imageLength), metrics: ["kid"] }),
    'metric "kid" needs at least 100 samples, received 99',
  ],
  [
    "one image for FID",
    () => ({ samples: new Float32Array(imageLength), metrics: ["fid"] }),
    'metric "fid" needs at least 2 samples',
  ],
  [
    "an unknown metric",
    () => ({ samples: [], metrics: ["memorization"] }),
    'unknown metric "memorization". Did you mean "memorisation"?',
  ],
  ["no metric", () => ({ samples: [], metrics: [] }), "name at least one metric"],
  ["a batch of 0", () => ({ samples: [], batch: 0 }), "batch must be a whole number >= 1"],
  ["a negative seed", () => ({ samples: [], seed: -1 }), "seed must be a whole number >= 0"],
  [
    "splits exchanged",
    () => ({ samples: [], train: held, test: train }),
    "a train and a test split",
  ],
  [
    "two data sets",
    () => ({ samples: [], test: firstImages(held, 10, "other") }),
    'train is "mnist" 1x28x28, test is "other" 1x28x28',
  ],
];

test.each(bad)("refuses %s with one sentence", async (_name, options, message) => {
  const { samples, ...rest } = options();
  const judged = judge(samples as Float32Array, rest);
  await expect(judged).rejects.toThrow(message);
  await expect(judged).rejects.toMatchObject({ name: "GansmithError" });
});

test("an aborted evaluation stops", async () => {
  const signal = AbortSignal.abort();
  await expect(judge(imagesOf(held, 0, 10), { signal })).rejects.toThrow(/abort/);
});
