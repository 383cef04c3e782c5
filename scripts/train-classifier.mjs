// Trains the classifier whose features the metrics compare, with this package's own engine, and
// writes its weights to assets/. After it, put the printed sha256 into src/metrics/feature-networks.ts.
//   npm run build && node scripts/train-classifier.mjs mnist|fashion-mnist [--seed 1] [--epochs N] [--threads T] [--out FILE]
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const dist = process.env.GANSMITH_DIST ?? join(import.meta.dirname, "../dist");
const load = (path) => import(join(resolve(dist), path));
const { openData } = await load("data/index.js");
const { BatchOrder } = await load("data/batches.js");
const { classifierFeatures, classifierGame, classifierScope, classifierValues, FeatureNetwork } =
  await load("metrics/index.js");
const { asHalf } = await load("onnx/half.js");
const { encodeSafetensors } = await load("onnx/safetensors.js");
const { adamw, scheduleAt } = await load("optim/index.js");
const { cpuBackend } = await load("runtime/index.js");
const { HostEngine } = await load("train/engine/host-engine.js");
const { writeFileAtomic } = await load("util/node/files.js");
const { Random } = await load("util/random.js");

/** How each network is trained. Clothes may be mirrored, digits may not. */
const settings = {
  mnist: { version: 1, epochs: 5, shift: 2, mirror: false },
  "fashion-mnist": { version: 1, epochs: 5, shift: 1, mirror: true },
};
const size = 28;
const pixels = size * size;
const batch = 128;
const averageDecay = 0.998;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    epochs: { type: "string" },
    threads: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
const name = positionals[0];
const setting = settings[name];
if (!setting) {
  console.error(
    `usage: train-classifier.mjs ${Object.keys(settings).join("|")} [--seed 1] [--epochs N]`,
  );
  process.exit(2);
}
const seed = Number(values.seed);
const epochs = Number(values.epochs ?? setting.epochs);

const train = await openData({ name }, { split: "train", size, channels: 1 });
const test = await openData({ name }, { split: "test", size, channels: 1 });
const classes = train.classes.length;
const all = new Float32Array(train.count * pixels);
train.read(
  Uint32Array.from({ length: train.count }, (_, i) => i),
  all,
);

const backend = cpuBackend({ threads: Number(values.threads) });
const game = classifierGame(batch, classes);
const options = adamw.schema.parse({ weightDecay: 0.01 });
const engine = await HostEngine.create(
  game,
  backend,
  new Map([[classifierScope, { rule: adamw, options }]]),
);
const random = new Random(seed, "init");
const initial = new Map();
for (const v of game.variables.all.values()) {
  const data = new Float32Array(v.shape.reduce((a, b) => a * b, 1));
  v.initializer(data, random, v.shape);
  initial.set(v.name, data);
  initial.set(`ema/${v.name}`, data);
}
await engine.write(initial);

const order = new BatchOrder(train.count, batch, seed);
const augment = new Random(seed, "augment");
const images = {
  dtype: "f32",
  dims: [batch, 1, size, size],
  data: new Float32Array(batch * pixels),
};
const labels = { dtype: "i32", dims: [batch], data: new Int32Array(batch) };
const feeds = new Map([
  ["images", images],
  ["labels", labels],
]);
const total = epochs * order.batchesPerEpoch;
const totalKimg = (total * batch) / 1000;
const warmup = { from: 0.0002, to: 0.003, over: totalKimg * 0.1, shape: "linear" };
const decay = { from: 0.003, to: 0.00001, over: totalKimg * 0.9, shape: "cosine" };
const started = performance.now();
let [sum, summed] = [0, 0];
for (let step = 1; step <= total; step++) {
  const kimg = ((step - 1) * batch) / 1000;
  const rate =
    kimg < warmup.over ? scheduleAt(warmup, kimg) : scheduleAt(decay, kimg - warmup.over);
  const indices = order.next();
  for (let n = 0; n < batch; n++) {
    labels.data[n] = train.labelOf(indices[n]);
    place(all.subarray(indices[n] * pixels, (indices[n] + 1) * pixels), images.data, n * pixels);
  }
  sum += (await engine.play(game.plan[0], feeds, rate)).get("loss");
  summed++;
  await engine.average(averageDecay);
  if (step % order.batchesPerEpoch === 0 || step % 100 === 0) {
    const seconds = (performance.now() - started) / 1000;
    console.error(
      `step ${step}/${total} loss ${(sum / summed).toFixed(4)} ${((seconds / step) * 1000).toFixed(0)} ms/step`,
    );
    [sum, summed] = [0, 0];
    if (step % (2 * order.batchesPerEpoch) === 0) {
      console.error(`  test accuracy ${(await judge(await averaged())).toFixed(4)}`);
    }
  }
}
const weights = await averaged();
const accuracy = await judge(weights);
await engine.release();

const metadata = {
  version: String(setting.version),
  data: name,
  accuracy: accuracy.toFixed(4),
  seed: String(seed),
  epochs: String(epochs),
  threads: values.threads,
  fingerprint: train.fingerprint,
};
const tensors = new Map();
for (const v of game.variables.all.values()) {
  const tensor = { dtype: "F32", shape: v.shape, data: weights.get(v.name) };
  // Kernels in half precision, half the download; batch norm's numbers as they are.
  tensors.set(v.name, v.shape.length > 1 ? asHalf(tensor) : tensor);
}
const bytes = encodeSafetensors(tensors, metadata);
const out = values.out ?? join(import.meta.dirname, "../assets", `classifier-${name}.safetensors`);
writeFileAtomic(out, bytes);
const sha256 = createHash("sha256").update(bytes).digest("hex");
const seconds = Math.round((performance.now() - started) / 1000);
console.log(JSON.stringify({ out, bytes: bytes.length, ...metadata, seconds, sha256 }));

/** Copies an image, shifted by a few pixels and perhaps mirrored; what comes in is background. */
function place(from, to, at) {
  const span = 2 * setting.shift + 1;
  const [dy, dx] = [augment.below(span) - setting.shift, augment.below(span) - setting.shift];
  const mirrored = setting.mirror && augment.below(2) === 1;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const sx = (mirrored ? size - 1 - x : x) + dx;
      const sy = y + dy;
      const inside = sx >= 0 && sx < size && sy >= 0 && sy < size;
      to[at + y * size + x] = inside ? from[sy * size + sx] : -1;
    }
  }
}

/** The moving average of the weights, by variable name. */
async function averaged() {
  const arrays = await engine.read();
  return new Map([...game.variables.all.keys()].map((key) => [key, arrays.get(`ema/${key}`)]));
}

/** Share of the test images that the network gets right. */
async function judge(weights) {
  const definition = {
    name: "training",
    version: "training",
    width: classifierFeatures,
    classes,
    batch: 500,
    samples: 10_000,
    references: 10_000,
    build: (images) => classifierValues("training", images, weights, classes),
  };
  const network = await FeatureNetwork.open(definition, backend, { channels: 1, size });
  let right = 0;
  for (let from = 0; from < test.count; from += 500) {
    const n = Math.min(500, test.count - from);
    const indices = Uint32Array.from({ length: n }, (_, i) => from + i);
    const data = new Float32Array(n * pixels);
    test.read(indices, data);
    const { probabilities } = await network.run({ dtype: "f32", dims: [n, 1, size, size], data });
    for (let i = 0; i < n; i++) {
      const row = probabilities.subarray(i * classes, (i + 1) * classes);
      if (row.indexOf(Math.max(...row)) === test.labelOf(from + i)) right++;
    }
  }
  await network.release();
  return right / test.count;
}
