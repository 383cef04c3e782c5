import { drawPoints, toyOf } from "../../src/data/toys/registry.ts";
import { defaultPlay } from "../../src/studio/play/settings.ts";
import { Random } from "../../src/util/random.ts";

/** The default game in numbers, for engines that know nothing of it. */
export const rules = {
  batch: defaultPlay.batch,
  width: defaultPlay.generator.width,
  layers: defaultPlay.generator.layers,
  rate: defaultPlay.generator.learningRate,
  gamma: defaultPlay.r1,
  beta2: 0.99,
  decay: 0.5 ** (1 / defaultPlay.average),
};

/** Batches of real points and noise, [batch,2] each, to take in turn. */
export const batches = Array.from({ length: 16 }, (_, i) => {
  const random = new Random(i, "bench");
  const real = new Float32Array(2 * rules.batch);
  drawPoints(toyOf(defaultPlay.data), random, real);
  const z = new Float32Array(2 * rules.batch);
  random.fillNormal(z);
  return { real, z };
});

/** Fresh weights [in,out] and biases of a player with `outputs` outputs. */
export function freshPlayer(outputs, seed) {
  const random = new Random(seed, "bench-weights");
  const sizes = [2, ...new Array(rules.layers).fill(rules.width), outputs];
  return sizes.slice(1).map((out, i) => {
    const bound = 1 / Math.sqrt(sizes[i]);
    const weight = new Float32Array(sizes[i] * out);
    const bias = new Float32Array(out);
    random.fillUniform(weight, -bound, bound);
    random.fillUniform(bias, -bound, bound);
    return { weight, bias, inputs: sizes[i], out };
  });
}
