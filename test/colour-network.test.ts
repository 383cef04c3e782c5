import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImageDataset } from "../src/data/image-dataset.ts";
import { openData } from "../src/data/index.ts";
import { evaluateSamples } from "../src/metrics/evaluate.ts";
import { FeatureNetwork } from "../src/metrics/feature-network.ts";
import { featureNetworkFor } from "../src/metrics/feature-networks.ts";
import { decodeSafetensors } from "../src/onnx/safetensors.ts";
import { cpuBackend } from "../src/runtime/index.ts";
import { Random } from "../src/util/random.ts";
import { firstImages } from "./support/first-images.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cacheDir = join(temporaryFolder(), "cache");
const backend = cpuBackend({ threads: 1 });
const network = featureNetworkFor("emoji");
const imageLength = 3 * 32 * 32;
let train: ImageDataset;
let held: ImageDataset;

beforeAll(async () => {
  const request = { size: 32, cacheDir } as const;
  train = firstImages(await openData({ name: "emoji" }, { ...request, split: "train" }), 200);
  held = firstImages(await openData({ name: "emoji" }, { ...request, split: "test" }), 150);
}, 120_000);

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

test("the features are TensorFlow.js' of the original network", async () => {
  const fixture = decodeSafetensors(readFileSync("test/fixtures/mobilenet-v2.safetensors"));
  const theirs = fixture.tensors.get("features")?.data as Float32Array;
  const [count, size] = [3, 224];
  const data = new Float32Array(count * 3 * size * size);
  for (let at = 0; at < data.length; at++) {
    const [x, y] = [at % size, Math.floor(at / size) % size];
    const c = Math.floor(at / size ** 2) % 3;
    const i = Math.floor(at / (3 * size ** 2));
    data[at] = Math.sin((i + 1) * (y * 0.05 + c) + x * 0.07 * (c + 1));
  }
  const opened = await FeatureNetwork.open(network, backend, { channels: 3, size });
  const { features } = await opened.run({ dtype: "f32", dims: [count, 3, size, size], data });
  await opened.release();
  expect(features.length).toBe(count * network.width);
  const error = features.reduce((sum, x, i) => sum + (x - (theirs[i] as number)) ** 2, 0);
  const length = theirs.reduce((sum, x) => sum + x * x, 0);
  expect(Math.sqrt(error / length)).toBeLessThan(1e-5);
}, 60_000);

test("grey images have the features of the same images in colour", async () => {
  const grey = Float32Array.from({ length: 28 * 28 }, (_, i) => Math.sin(i / 5));
  const colour = new Float32Array(3 * grey.length);
  for (let c = 0; c < 3; c++) colour.set(grey, c * grey.length);
  const [one, three] = await Promise.all(
    ([1, 3] as const).map(async (channels) => {
      const opened = await FeatureNetwork.open(network, backend, { channels, size: 28 });
      const data = channels === 1 ? grey : colour;
      return (await opened.run({ dtype: "f32", dims: [1, channels, 28, 28], data })).features;
    }),
  );
  for (const [i, x] of (three ?? []).entries()) expect(one?.[i]).toBeCloseTo(x, 4);
}, 60_000);

test("the weights are small and say where they are from", () => {
  const path = "assets/mobilenet-v2.safetensors";
  expect(statSync(path).size).toBeLessThan(2.5e6);
  const { metadata } = decodeSafetensors(readFileSync(path));
  expect(metadata.license).toContain("MIT");
  expect(metadata.source).toContain("nsfwjs 4.3.0");
});

test("a network whose package is missing names the command that installs it", async () => {
  const inception = featureNetworkFor("emoji", "inception-v3");
  await expect(FeatureNetwork.open(inception, backend, { channels: 3, size: 32 })).rejects.toThrow(
    "needs the npm package nsfwjs, which is not installed. Install it with: npm install nsfwjs@4.3.0",
  );
  expect(() => featureNetworkFor("emoji", "inception")).toThrow(
    'unknown feature network "inception"',
  );
});

test("real emoji score near the floor, and worse the more noise there is", async () => {
  const real = imagesOf(train, 0, 120);
  const judge = (samples: Float32Array) =>
    evaluateSamples({
      ...{ samples, train, test: held, backend, cacheDir },
      metrics: ["fid", "kid", "coverage"],
    });
  const { fid, kid, coverage } = await judge(real);
  expect(fid).toMatchObject({ label: "FID-like", network: network.version, samples: 120 });
  expect(fid?.protocol).toContain("network mobilenet-v2-1-");
  expect(fid?.value).toBeLessThan(1.5 * Number(fid?.floor));
  expect(Math.abs(Number(kid?.value) - Number(kid?.floor))).toBeLessThan(0.1);
  expect(coverage?.value).toBeGreaterThan(0.5);
  let [fidBefore, kidBefore] = [Number(fid?.value), Number(kid?.value)];
  for (const spread of [0.2, 0.6, 1.5]) {
    const noise = new Float32Array(real.length);
    new Random(1, "noise").fillNormal(noise, spread);
    const noisy = await judge(real.map((x, i) => x + (noise[i] as number)));
    expect(noisy.kid?.value).toBeGreaterThan(kidBefore);
    expect(noisy.fid?.value).toBeGreaterThan(fidBefore);
    [fidBefore, kidBefore] = [Number(noisy.fid?.value), Number(noisy.kid?.value)];
  }
  expect(kidBefore).toBeGreaterThan(10 * Math.abs(Number(kid?.floor)));
}, 300_000);

test("chunks of any length and any batch size give what the whole gives", async () => {
  const samples = imagesOf(held, 0, 110);
  async function* chunks() {
    yield samples.subarray(0, imageLength);
    yield samples.subarray(imageLength, 40 * imageLength);
    yield samples.subarray(40 * imageLength);
  }
  const options = { train, test: held, backend, cacheDir };
  const whole = await evaluateSamples({ ...options, samples });
  const chunked = await evaluateSamples({ ...options, samples: chunks(), batch: 7 });
  expect(Object.keys(whole)).toEqual([
    ...["fid", "kid", "precision", "recall", "density", "coverage", "vendi", "memorisation"],
  ]);
  for (const [name, { value, floor }] of Object.entries(whole)) {
    expect(chunked[name]?.value).toBeCloseTo(value, 4);
    expect(chunked[name]?.floor).toBe(floor);
  }
}, 300_000);

test("a folder of 20 images is judged as far as it can be, and the warning says so", async () => {
  const own = { train: firstImages(train, 18, "folder"), test: firstImages(held, 2, "folder") };
  const warnings: string[] = [];
  const found = await evaluateSamples({
    ...{ ...own, samples: imagesOf(train, 0, 16), backend, cacheDir },
    onWarning: (message) => warnings.push(message),
  });
  expect(Object.keys(found)).toEqual(["fid", "vendi", "memorisation"]);
  for (const { value, floor } of Object.values(found)) {
    expect(Number.isFinite(value)).toBe(true);
    expect(Number.isFinite(floor)).toBe(true);
  }
  const text = warnings.join("\n");
  expect(text).toContain("kid is left out: it needs at least 100 samples, received 16.");
  expect(text).toContain("precision is left out: it needs at least 4 test images, there are 2.");
  expect(text).toContain("There are only 2 test images");
  const wanted = { ...own, samples: imagesOf(train, 0, 16), backend, cacheDir };
  await expect(evaluateSamples({ ...wanted, metrics: ["recall"] })).rejects.toThrow(
    'metric "recall" needs at least 4 test images, there are 2',
  );
  await expect(evaluateSamples({ ...wanted, metrics: ["classes"] })).rejects.toThrow(
    'metric "classes" needs a network that knows the data set\'s classes, and mobilenet-v2 does not',
  );
}, 60_000);
