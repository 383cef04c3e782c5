// jax-js as a benchmark peer, the article's step; the argument is the folder it is installed in.
import { resolveObjectURL } from "node:buffer";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker as Thread } from "node:worker_threads";
import { articleTensors, ganBatches, learningRate } from "../gan-numbers.mjs";
import { serve } from "../serve.mjs";

const require = createRequire(join(process.argv[2], "package.json"));
const image = { size: 64, channels: 1 };
const library = "@jax-js/jax";

await serve(async () => {
  const entry = require.resolve(library);
  const { version } = require(join(entry, "../../package.json"));
  let loaded = "";
  return {
    version,
    variants: (name) => (name === "article-step" ? ["wasm-jit", "wasm-jit-threads"] : []),
    build: async (_name, variant, threads) => {
      if (loaded && loaded !== variant) throw new Error("one variant a process");
      loaded = variant;
      // The library takes threads where there are web workers.
      if (variant.endsWith("threads")) offerWebWorkers(threads);
      const jax = await import(pathToFileURL(entry.replace(/\.cjs$/, ".js")).href);
      await jax.init("wasm");
      jax.defaultDevice("wasm");
      return { step: articleStep(jax), release: async () => {} };
    },
  };
});

/** The part of the web's Worker that jax-js uses, on Node.js's threads. */
function offerWebWorkers(threads) {
  const prelude = `const { parentPort } = require("node:worker_threads");
    globalThis.self = globalThis;
    globalThis.postMessage = (data) => parentPort.postMessage(data);
    parentPort.on("message", (data) => globalThis.onmessage({ data }));`;
  globalThis.Worker = class {
    #ready;
    constructor(url) {
      this.#ready = resolveObjectURL(url)
        .text()
        .then((source) => {
          const thread = new Thread(`${prelude}\n${source}`, { eval: true });
          thread.on("message", (data) => this.onmessage?.({ data }));
          thread.on("error", (error) => this.onerror?.({ message: error.message }));
          return thread;
        });
    }
    postMessage(data) {
      this.#ready.then((thread) => thread.postMessage(data));
    }
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { hardwareConcurrency: threads, userAgent: "" },
    configurable: true,
  });
}

// Every use of an array takes ownership of it, so all but the last one say `.ref`.
function articleStep({ numpy: np, nn, jit, vjp, valueAndGrad, tree }) {
  const trained = { generator: {}, discriminator: {} };
  let moving = {};
  for (const { name, shape, trainable, data } of articleTensors()) {
    const array = np.array(data).reshape(shape);
    if (trainable) trained[name.split("/")[0]][name] = array;
    else moving[name] = array;
  }
  const zerosLike = (params) =>
    Object.fromEntries(Object.entries(params).map(([k, v]) => [k, np.zeros(v.shape)]));
  let g = {
    params: trained.generator,
    m: zerosLike(trained.generator),
    v: zerosLike(trained.generator),
  };
  let d = {
    params: trained.discriminator,
    m: zerosLike(trained.discriminator),
    v: zerosLike(trained.discriminator),
  };
  const batches = ganBatches(image).map(({ real, z }) => ({
    real: np.array(real).reshape([64, image.size ** 2]),
    z: np.array(z).reshape([64, 100]),
  }));

  const dense = (p, x, path) =>
    np.matmul(x, p[`${path}/weight`].transpose()).add(p[`${path}/bias`]);
  const leaky = (x) => nn.leakyRelu(x, 0.2);
  const generate = (p, z) => {
    let x = z;
    const statistics = {};
    for (const i of [0, 1, 2]) {
      const bn = `generator/bn${i}`;
      x = leaky(dense(p, x, `generator/fc${i}`));
      const mean = np.mean(x.ref, 0);
      const centred = x.sub(mean.ref);
      const variance = np.mean(np.square(centred.ref), 0);
      statistics[`${bn}/mean`] = mean;
      statistics[`${bn}/variance`] = variance.ref.mul(64 / 63);
      const gain = p[`${bn}/scale`].div(np.sqrt(variance.add(1e-5)));
      x = centred.mul(gain).add(p[`${bn}/bias`]);
    }
    return [np.tanh(dense(p, x, "generator/out")), statistics];
  };
  const judge = (p, x) => {
    const first = leaky(dense(p, x, "discriminator/fc0"));
    return dense(p, leaky(dense(p, first, "discriminator/fc1")), "discriminator/out");
  };
  const softplusMean = (x) => np.mean(nn.softplus(x));
  const both = (p, real, fake) => {
    const onReal = softplusMean(judge(tree.ref(p), real).neg());
    return onReal.add(softplusMean(judge(p, fake))).mul(0.5);
  };
  const fool = (p, fake) => softplusMean(judge(p, fake).neg());

  const adam = ({ params, m, v }, slopes, rate, correction) => {
    const next = { params: {}, m: {}, v: {} };
    const names = Object.keys(params);
    names.forEach((k, i) => {
      const slope = slopes[k];
      const m1 = m[k].mul(0.5).add(slope.ref.mul(0.5));
      const v1 = v[k].mul(0.999).add(np.square(slope).mul(0.001));
      const last = i === names.length - 1;
      const spread = np.sqrt(v1.ref.mul(last ? correction : correction.ref)).add(1e-8);
      next.params[k] = params[k].sub(m1.ref.mul(last ? rate : rate.ref).div(spread));
      next.m[k] = m1;
      next.v[k] = v1;
    });
    return next;
  };

  const whole = jit((g, d, moving, real, z, rate, correction) => {
    const [fake, backward, statistics] = vjp((p) => generate(p, z), [tree.ref(g.params)], {
      hasAux: true,
    });
    const [dLoss, dSlopes] = valueAndGrad(both)(tree.ref(d.params), real, fake.ref);
    const nextD = adam(d, dSlopes, rate.ref, correction.ref);
    const [gLoss, fakeSlope] = valueAndGrad(fool, { argnums: 1 })(tree.ref(nextD.params), fake);
    const [gSlopes] = backward(fakeSlope);
    const nextG = adam(g, gSlopes, rate, correction);
    const nextMoving = {};
    for (const k of Object.keys(moving)) {
      nextMoving[k] = moving[k].mul(0.9).add(statistics[k].mul(0.1));
    }
    return { g: nextG, d: nextD, moving: nextMoving, dLoss, gLoss };
  });

  return async (index) => {
    const { real, z } = batches[index % batches.length];
    const t = index + 1;
    const rate = np.array(learningRate / (1 - 0.5 ** t));
    const correction = np.array(1 / (1 - 0.999 ** t));
    const out = whole(g, d, moving, real.ref, z.ref, rate, correction);
    ({ g, d, moving } = out);
    return [(await out.dLoss.data())[0], (await out.gLoss.data())[0]];
  };
}
