// Runs the original networks of nsfwjs in TensorFlow.js, compares our features with theirs, and writes
// the MobileNetV2 ones to test/fixtures/mobilenet-v2.safetensors.
//   npm install --no-save --legacy-peer-deps nsfwjs@4.3.0 @tensorflow/tfjs@4.22.0
//   npm run build && node bench/peers/feature-networks.mjs
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const here = createRequire(join(process.cwd(), "package.json"));
const tf = here("@tensorflow/tfjs");
const root = join(dirname(here.resolve("nsfwjs")), "../models");
const dist = resolve(import.meta.dirname, "../../dist");
const { FeatureNetwork, featureNetworkFor } = await import(join(dist, "metrics/index.js"));
const { cpuBackend } = await import(join(dist, "runtime/index.js"));
const { encodeSafetensors } = await import(join(dist, "onnx/safetensors.js"));
const { writeFileAtomic } = await import(join(dist, "util/node/files.js"));

const count = 3;
/** Channel c of pixel (x, y) of image i, in [-1, 1]; the test draws the same. */
const pixel = (i, c, y, x) => Math.sin((i + 1) * (y * 0.05 + c) + x * 0.07 * (c + 1));

for (const [name, folder, shards, size] of [
  ["mobilenet-v2", "mobilenet_v2", 1, 224],
  ["inception-v3", "inception_v3", 6, 299],
]) {
  const theirs = await original(folder, shards, size);
  const network = await FeatureNetwork.open(featureNetworkFor("any", name), cpuBackend(), {
    channels: 3,
    size,
  });
  const data = new Float32Array(count * 3 * size * size);
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) data[at++] = pixel(i, c, y, x);
    }
  }
  const images = { dtype: "f32", dims: [count, 3, size, size], data };
  const { features } = await network.run(images);
  await network.release();
  let [error, total] = [0, 0];
  for (const [i, x] of theirs.entries()) {
    error += (features[i] - x) ** 2;
    total += x ** 2;
  }
  console.log(JSON.stringify({ name, relativeError: Math.sqrt(error / total) }));
  if (name !== "mobilenet-v2") continue;
  const tensor = { dtype: "F32", shape: [count, theirs.length / count], data: theirs };
  const bytes = encodeSafetensors(new Map([["features", tensor]]), {
    made: `TensorFlow.js ${tf.version.tfjs}, nsfwjs 4.3.0`,
  });
  writeFileAtomic(join(dist, "../test/fixtures/mobilenet-v2.safetensors"), bytes);
}

/** The features that TensorFlow.js gives, [count, width]; images [count, size, size, 3] in [0, 1]. */
async function original(folder, shards, size) {
  const { modelTopology, weightsManifest } = here(join(root, folder, "model.min.js"));
  const parts = Array.from({ length: shards }, (_, i) =>
    Buffer.from(here(join(root, folder, `group1-shard${i + 1}of${shards}.min.js`)), "base64"),
  );
  const weightData = new Uint8Array(Buffer.concat(parts)).buffer;
  const weightSpecs = weightsManifest.flatMap((g) => g.weights);
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs, weightData }),
  );
  const cut = tf.model({ inputs: model.inputs, outputs: model.getLayer("flatten_1").output });
  const data = new Float32Array(count * size * size * 3);
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        for (let c = 0; c < 3; c++) data[at++] = 0.5 + 0.5 * pixel(i, c, y, x);
      }
    }
  }
  return cut.predict(tf.tensor4d(data, [count, size, size, 3])).dataSync();
}
