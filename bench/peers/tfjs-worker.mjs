// TensorFlow.js as a benchmark peer, the article's step; the argument is the folder it is installed in.
import { createRequire } from "node:module";
import { join } from "node:path";
import { articleTensors, ganBatches, learningRate } from "../gan-numbers.mjs";
import { serve } from "../serve.mjs";

const require = createRequire(join(process.argv[2], "package.json"));
const image = { size: 64, channels: 1 };
const pixels = image.size ** 2;

await serve(async () => {
  const tf = require("@tensorflow/tfjs");
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  const folder = join(require.resolve("@tensorflow/tfjs-backend-wasm"), "..", "/");
  wasm.setWasmPaths(folder);
  return {
    version: tf.version.tfjs,
    variants: (name) => (name === "article-step" ? ["wasm", "cpu"] : []),
    build: async (_name, variant, threads) => {
      // Threads are refused in Node.js by the library itself; asking does no harm.
      wasm.setThreadsCount(threads);
      if (!(await tf.setBackend(variant)))
        throw new Error(`tfjs cannot start its ${variant} backend`);
      await tf.ready();
      const step = articleStep(tf);
      // One process can time both backends, so each step says which it is.
      return {
        step: async (index) => {
          await tf.setBackend(variant);
          return step(index);
        },
        release: async () => {},
      };
    },
  };
});

function articleStep(tf) {
  const all = new Map();
  const generator = [];
  const discriminator = [];
  for (const { name, shape, trainable, data } of articleTensors()) {
    const given = tf.tensor(data, shape);
    const isMatrix = shape.length === 2;
    const variable = tf.variable(isMatrix ? tf.transpose(given) : given, trainable);
    all.set(name, variable);
    if (trainable) (name.startsWith("generator/") ? generator : discriminator).push(variable);
  }
  const at = (name) => all.get(name);
  const batches = ganBatches(image).map(({ real, z }) => ({
    real: tf.tensor(real, [64, pixels]),
    z: tf.tensor(z, [64, 100]),
  }));
  const adams = [0, 1].map(() => tf.train.adam(learningRate, 0.5, 0.999, 1e-8));

  // The library's wasm products are fast only without transposed factors, and its own gradients ask
  // for those; so weights lie as [in, out] and gradients transpose first. What needs no gradient is
  // kept out of the closure's arguments, since all of them get one.
  const dSlope = (dy, w) => tf.matMul(dy, tf.transpose(w));
  const wSlope = (dy, x) => tf.matMul(tf.transpose(x), dy);
  const products = {
    both: tf.customGrad((x, w, save) => {
      save([x, w]);
      const gradFunc = (dy, [x, w]) => [dSlope(dy, w), wSlope(dy, x)];
      return { value: tf.matMul(x, w), gradFunc };
    }),
    weightOnly: (x, w) =>
      tf.customGrad((w) => ({ value: tf.matMul(x, w), gradFunc: (dy) => [wSlope(dy, x)] }))(w),
    inputOnly: (x, w) =>
      tf.customGrad((x) => ({ value: tf.matMul(x, w), gradFunc: (dy) => [dSlope(dy, w)] }))(x),
  };
  const dense = (x, path, needs = "both") =>
    tf.add(products[needs](x, at(`${path}/weight`)), at(`${path}/bias`));
  const leaky = (x) => tf.leakyRelu(x, 0.2);
  const batchNorm = (x, path, moving) => {
    const { mean, variance } = tf.moments(x, 0);
    if (moving) {
      const blend = (old, now) => old.assign(tf.add(tf.mul(old, 0.9), tf.mul(now, 0.1)));
      blend(at(`${path}/mean`), mean);
      blend(at(`${path}/variance`), tf.mul(variance, 64 / 63));
    }
    const gain = tf.div(at(`${path}/scale`), tf.sqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(tf.sub(x, mean), gain), at(`${path}/bias`));
  };
  const generate = (z, moving) => {
    let x = z;
    for (const i of [0, 1, 2]) {
      const y = dense(x, `generator/fc${i}`, i === 0 ? "weightOnly" : "both");
      x = batchNorm(leaky(y), `generator/bn${i}`, moving);
    }
    return tf.tanh(dense(x, "generator/out"));
  };
  const judge = (x, frozen = false) => {
    const inner = frozen ? "inputOnly" : "both";
    const first = leaky(dense(x, "discriminator/fc0", frozen ? "inputOnly" : "weightOnly"));
    return dense(leaky(dense(first, "discriminator/fc1", inner)), "discriminator/out", inner);
  };
  const softplusMean = (x) => tf.mean(tf.softplus(x));

  return async (index) => {
    const { real, z } = batches[index % batches.length];
    const losses = tf.tidy(() => {
      const fake = generate(z, true);
      const d = tf.variableGrads(
        () => tf.div(tf.add(softplusMean(tf.neg(judge(real))), softplusMean(judge(fake))), 2),
        discriminator,
      );
      adams[0].applyGradients(d.grads);
      // A tape ends with its gradients, so the generator runs again here.
      const g = tf.variableGrads(
        () => softplusMean(tf.neg(judge(generate(z, false), true))),
        generator,
      );
      adams[1].applyGradients(g.grads);
      return [d.value, g.value];
    });
    const values = losses.map((loss) => loss.dataSync()[0]);
    tf.dispose(losses);
    return values;
  };
}
