import { gradients } from "../dist/graph/gradients.js";
import * as ops from "../dist/graph/ops/index.js";
import {
  embedding,
  lstm,
  normal as normalInit,
  projectedCrossEntropy,
  Variables,
} from "../dist/nn/index.js";
import { adam } from "../dist/optim/index.js";
import { createEngine } from "../dist/train/engine/create-engine.js";
import { elementsOf, integers, normal } from "./hashing.mjs";

const batch = 64;
const steps = 20;
const vocabulary = 5000;
const pool = 4;
const learningRate = 1e-2;

/** PyTorch's order of the parameters, by which they are numbered. */
const lstmNames = ["inputWeight", "hiddenWeight", "inputBias", "hiddenBias"];
const names = [
  "lm/embedding/weight",
  ...lstmNames.map((name) => `lm/lstm/${name}`),
  "lm/out/weight",
  "lm/out/bias",
];

/** @param {number} index of a parameter @param {readonly number[]} shape */
const initial = (index, shape) => normal(index, shape, 0, 0.1);

/**
 * Embedding, LSTM, projection to the vocabulary, cross entropy, backward, Adam.
 * @param {import("../dist/runtime/index.js").Backend} backend @param {number} width
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildLanguageStep(backend, width) {
  const variables = new Variables();
  const scope = variables.scope("lm", "train");
  const tokens = ops.leaf("tokens", [steps, batch], { kind: "data" }, "i32");
  const targets = ops.leaf("targets", [steps * batch], { kind: "data" }, "i32");
  const embedded = embedding(scope.at("embedding"), tokens, vocabulary, width);
  const { outputs } = lstm(scope.at("lstm"), embedded, width);
  const hidden = ops.reshape(outputs, [steps * batch, width]);
  const out = scope.at("out");
  const weight = out.parameter("weight", [vocabulary, width], normalInit(0.1));
  const bias = out.parameter("bias", [vocabulary], normalInit(0.1));
  const { loss, slope } = projectedCrossEntropy(hidden, weight, bias, targets);
  const trained = variables.under("lm").filter((v) => v.trainable);
  const slopes = gradients(
    slope,
    trained.map((v) => v.value),
  );
  /** @type {import("../dist/adversarial/index.js").Phase} */
  const phase = {
    name: "lm",
    network: "lm",
    loss,
    inputs: new Map([
      ["tokens", tokens],
      ["targets", targets],
    ]),
    gradients: new Map(trained.map((v, i) => [v.name, slopes[i]])),
    assignments: new Map(),
    scalars: new Map(),
  };
  const optimizer = { rule: adam, options: adam.schema.parse({ beta1: 0.5 }) };
  const game = { variables, plan: [phase] };
  const engine = await createEngine(game, backend, new Map([["lm", optimizer]]));
  await engine.write(
    new Map(names.map((name, i) => [name, initial(i, variables.all.get(name).shape)])),
  );
  const feeds = Array.from({ length: pool }, (_, i) => {
    const all = integers(3000 + i, (steps + 1) * batch, vocabulary);
    return new Map([
      ["tokens", { dtype: "i32", dims: [steps, batch], data: all.slice(0, steps * batch) }],
      ["targets", { dtype: "i32", dims: [steps * batch], data: all.slice(batch) }],
    ]);
  });
  return {
    sessions: ["lm"],
    step: async (index) => {
      const scalars = await engine.play(phase, feeds[index % pool], learningRate);
      return [/** @type {number} */ (scalars.get("loss"))];
    },
    release: () => engine.release(),
  };
}

/**
 * The LSTM alone: forward, sum(h * cotangent), gradients of the input and the weights.
 * @param {import("../dist/runtime/index.js").Backend} backend @param {number} width
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildLanguageCore(backend, width) {
  const shape = [steps, batch, width];
  const variables = new Variables();
  const x = ops.leaf("x", shape, { kind: "data" });
  const cotangent = ops.leaf("cotangent", shape, { kind: "data" });
  const { outputs } = lstm(variables.scope("lm/lstm", "train"), x, width);
  const loss = ops.reduceSum(ops.mul(outputs, cotangent));
  const weights = [...variables.all.values()];
  const sources = [x, ...weights.map((v) => v.value)];
  const slopes = gradients(loss, sources);
  const session = await backend.compile({
    name: "core",
    inputs: new Map([
      ["x", x],
      ["cotangent", cotangent],
      ...weights.map((v) => /** @type {const} */ ([v.name, v.value])),
    ]),
    outputs: new Map([
      ["loss", loss],
      ...slopes.map((v, i) => /** @type {const} */ ([`slope/${i}`, v])),
    ]),
  });
  const f32 = (dims, data = new Float32Array(elementsOf(dims))) => ({ dtype: "f32", dims, data });
  const into = new Map([
    ["loss", f32([])],
    ...slopes.map((v, i) => /** @type {const} */ ([`slope/${i}`, f32(v.shape)])),
  ]);
  const fixed = [
    ["cotangent", f32(shape, normal(4000, shape))],
    ...weights.map((v) => [v.name, f32(v.shape, initial(names.indexOf(v.name), v.shape))]),
  ];
  const feeds = Array.from(
    { length: pool },
    (_, i) => new Map([...fixed, ["x", f32(shape, normal(1000 + i, shape))]]),
  );
  return {
    sessions: ["core"],
    step: async (index) => {
      await session.run(feeds[index % pool], into);
      return [into.get("loss").data[0]];
    },
    release: () => session.release(),
  };
}
