import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openData } from "../src/data/index.ts";
import { FeatureNetwork } from "../src/metrics/feature-network.ts";
import { featureNetworkFor } from "../src/metrics/feature-networks.ts";
import { trainedClassifier } from "../src/metrics/networks/trained-classifier.ts";
import { decodeSafetensors } from "../src/onnx/safetensors.ts";
import { cpuBackend, referenceBackend } from "../src/runtime/index.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cacheDir = join(temporaryFolder(), "cache");
const image = { channels: 1, size: 28 };

/** Share of the first real test images that must be right; the whole test set is in the metadata. */
const least: Readonly<Record<string, readonly [first: number, whole: number]>> = {
  mnist: [0.98, 0.992],
  "fashion-mnist": [0.89, 0.91],
};

// Stacked digits are judged by the digits' network, tested in stacked-mnist.test.ts.
test.each(Object.keys(least))(
  "the network of %s knows its data set",
  async (name) => {
    const file = featureNetworkFor(name);
    const path = join("assets", `classifier-${name}.safetensors`);
    const bytes = readFileSync(path);
    expect(statSync(path).size).toBeLessThan(1e6);
    const { metadata } = decodeSafetensors(bytes);
    const [first, whole] = least[name] ?? [1, 1];
    expect(Number(metadata.accuracy)).toBeGreaterThanOrEqual(whole);
    expect(file.version).toMatch(`classifier-${metadata.data}-${metadata.version}-`);

    const data = await openData({ name }, { split: "test", cacheDir });
    const n = 1000;
    const network = await FeatureNetwork.open(file, cpuBackend({ threads: 1 }), data);
    // Spread over the whole set: some sets are sorted by class.
    const indices = Uint32Array.from({ length: n }, (_, i) => Math.floor((i * data.count) / n));
    const images = new Float32Array(n * 784);
    data.read(indices, images);
    const { features, probabilities } = await network.run({
      dtype: "f32",
      dims: [n, 1, 28, 28],
      data: images,
    });
    expect(features.length).toBe(n * network.width);
    let right = 0;
    for (const [i, index] of indices.entries()) {
      const row = probabilities.subarray(i * file.classes, (i + 1) * file.classes);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
      if (row.indexOf(Math.max(...row)) === data.labelOf(index)) right++;
    }
    expect(right / n).toBeGreaterThanOrEqual(first);
    await network.release();
    data.close();
  },
  60_000,
);

const mnist = featureNetworkFor("mnist");

test("the compiled network agrees with the reference", async () => {
  const images = Float32Array.from({ length: 2 * 784 }, (_, i) => Math.sin(i / 7));
  const input = { dtype: "f32", dims: [2, 1, 28, 28], data: images } as const;
  const [ours, truth] = await Promise.all(
    [cpuBackend({ threads: 1 }), referenceBackend()].map(async (backend) =>
      (await FeatureNetwork.open(mnist, backend, image)).run(input),
    ),
  );
  for (const [i, x] of (truth?.features ?? []).entries()) {
    expect(ours?.features[i]).toBeCloseTo(x, 3);
  }
});

test("weights that are missing, damaged or of another network are refused", async () => {
  const backend = cpuBackend({ threads: 1 });
  const good = {
    ...{ data: "mnist", version: 1, classes: 10, asset: "classifier-mnist.safetensors" },
    sha256: "1f495060c8c8c3ecb339624aa1e3d27067f2f6602941c4937f3a27a2e876eadd",
  };
  const open = (file: Partial<typeof good>) =>
    FeatureNetwork.open(trainedClassifier({ ...good, ...file }), backend, image);
  await expect(open({ asset: "none.safetensors" })).rejects.toThrow("it does not exist");
  await expect(open({ sha256: "0".repeat(64) })).rejects.toThrow("is damaged: its sha256 is");
  await expect(open({ classes: 11 })).rejects.toThrow(
    '"classifier/logits/weight" needs 1056 weights, received 960',
  );
});

test("other data goes to the network for any images", () => {
  for (const data of ["emoji", "folder"]) expect(featureNetworkFor(data).name).toBe("mobilenet-v2");
  expect(featureNetworkFor("mnist", "mobilenet-v2").name).toBe("mobilenet-v2");
});
