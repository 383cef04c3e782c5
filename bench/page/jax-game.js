import * as jax from "@jax-js/jax";
import { batches, freshPlayer, rules } from "./numbers.js";

const { numpy: np, nn, jit, grad, valueAndGrad, tree } = jax;

/** The default game on jax-js: one compiled step; losses are read once a run. */
export async function jaxGame(device) {
  const there = await jax.init(device);
  if (Array.isArray(there) && !there.includes(device))
    throw new Error(`jax-js has no ${device} here`);
  jax.defaultDevice(device);
  const arrays = (layers) =>
    Object.fromEntries(
      layers.flatMap(({ weight, bias, inputs, out }, i) => [
        [`w${i}`, np.array(weight).reshape([inputs, out])],
        [`b${i}`, np.array(bias)],
      ]),
    );
  const zeros = (params) =>
    Object.fromEntries(Object.entries(params).map(([k, v]) => [k, np.zeros(v.shape)]));
  const fresh = (params) => ({ v: zeros(params), params });
  let [g, d] = [fresh(arrays(freshPlayer(2, 1))), fresh(arrays(freshPlayer(1, 2)))];
  let average = arrays(freshPlayer(2, 1));
  const data = batches.map(({ real, z }) => ({
    real: np.array(real).reshape([rules.batch, 2]),
    z: np.array(z).reshape([rules.batch, 2]),
  }));
  // Every use of an array takes ownership of it, so all but the last one say `.ref`.
  const network = (p, x) => {
    let h = x;
    for (let i = 0; i <= rules.layers; i++) {
      const y = np.matmul(h, p[`w${i}`]).add(p[`b${i}`]);
      h = i < rules.layers ? nn.leakyRelu(y, 0.2) : y;
    }
    return h;
  };
  const beat = (winners, losers) => np.mean(nn.softplus(losers.sub(winners)));
  const penalty = (p, x) => {
    const slope = grad((points) => np.sum(network(p, points)))(x);
    return np.mean(np.sum(np.square(slope), 1)).mul(rules.gamma / 2);
  };
  const dLoss = (p, real, fake) => {
    const against = beat(network(tree.ref(p), real.ref), network(tree.ref(p), fake.ref));
    return against.add(penalty(tree.ref(p), real)).add(penalty(p, fake));
  };
  const gLoss = (p, dParams, real, z) => {
    const fake = network(p, z);
    return beat(network(tree.ref(dParams), fake), network(dParams, real));
  };
  const adam = ({ params, v }, slopes, correction) => {
    const next = { params: {}, v: {} };
    const names = Object.keys(params);
    names.forEach((k, i) => {
      const last = i === names.length - 1;
      const spread = v[k].mul(rules.beta2).add(np.square(slopes[k].ref).mul(1 - rules.beta2));
      const scale = np.sqrt(spread.ref.mul(last ? correction : correction.ref)).add(1e-8);
      next.params[k] = params[k].sub(slopes[k].mul(rules.rate).div(scale));
      next.v[k] = spread;
    });
    return next;
  };
  const step = jit((g, d, average, real, z, correction) => {
    const fake = network(tree.ref(g.params), z.ref);
    const [loss, dSlopes] = valueAndGrad(dLoss)(tree.ref(d.params), real.ref, fake);
    const nextD = adam(d, dSlopes, correction.ref);
    const gSlopes = grad(gLoss)(tree.ref(g.params), tree.ref(nextD.params), real, z);
    const nextG = adam(g, gSlopes, correction);
    const nextAverage = {};
    for (const k of Object.keys(average)) {
      nextAverage[k] = average[k].mul(rules.decay).add(nextG.params[k].ref.mul(1 - rules.decay));
    }
    return { g: nextG, d: nextD, average: nextAverage, loss };
  });
  let index = 0;
  return {
    version: "",
    run: async (n) => {
      let last;
      for (let i = 0; i < n; i++) {
        const { real, z } = data[index++ % data.length];
        const correction = np.array(1 / (1 - rules.beta2 ** index));
        const out = step(g, d, average, real.ref, z.ref, correction);
        ({ g, d, average } = out);
        last?.dispose?.();
        last = out.loss;
      }
      return (await last.data())[0];
    },
  };
}
