import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { batches, freshPlayer, rules } from "./numbers.js";

/** The default game on TensorFlow.js: R1 and R2 by its gradients of gradients; losses are read once a run. */
export async function tfjsGame(backend) {
  setWasmPaths("/tfjs-wasm/");
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no ${backend} here`);
  await tf.ready();
  const variables = (layers) =>
    layers.map(({ weight, bias, inputs, out }) => [
      tf.variable(tf.tensor(weight, [inputs, out])),
      tf.variable(tf.tensor(bias, [out])),
    ]);
  const [g, d] = [variables(freshPlayer(2, 1)), variables(freshPlayer(1, 2))];
  const average = g.map((layer) => layer.map((v) => tf.variable(tf.clone(v))));
  const adams = [0, 1].map(() => tf.train.adam(rules.rate, 0, rules.beta2, 1e-8));
  const data = batches.map(({ real, z }) => ({
    real: tf.tensor(real, [rules.batch, 2]),
    z: tf.tensor(z, [rules.batch, 2]),
  }));
  // The library's own leaky ReLU has no second gradient; `step` has one.
  const leaky = (x) => tf.mul(x, tf.add(tf.mul(tf.step(x), 0.8), 0.2));
  const network = (layers, x) =>
    layers.reduce((h, [w, b], i) => {
      const y = tf.add(tf.matMul(h, w), b);
      return i < layers.length - 1 ? leaky(y) : y;
    }, x);
  const beat = (winners, losers) => tf.mean(tf.softplus(tf.sub(losers, winners)));
  const penalty = (x) => {
    const slope = tf.grad((points) => tf.sum(network(d, points)))(x);
    return tf.mul(tf.mean(tf.sum(tf.square(slope), 1)), rules.gamma / 2);
  };
  let index = 0;
  return {
    version: tf.version.tfjs,
    run: async (n) => {
      await tf.setBackend(backend);
      let last;
      for (let i = 0; i < n; i++) {
        const { real, z } = data[index++ % data.length];
        last?.dispose();
        last = tf.tidy(() => {
          const fake = network(g, z);
          const forD = tf.variableGrads(() => {
            const against = beat(network(d, real), network(d, fake));
            return tf.add(against, tf.add(penalty(real), penalty(fake)));
          }, d.flat());
          adams[0].applyGradients(forD.grads);
          const forG = tf.variableGrads(
            () => beat(network(d, network(g, z)), network(d, real)),
            g.flat(),
          );
          adams[1].applyGradients(forG.grads);
          average.flat().forEach((v, k) => {
            v.assign(tf.add(tf.mul(v, rules.decay), tf.mul(g.flat()[k], 1 - rules.decay)));
          });
          return forD.value;
        });
      }
      const [loss] = await last.data();
      last.dispose();
      return loss;
    },
  };
}
