import { buildGame, nonSaturating } from "../dist/adversarial/index.js";
import { modelByName } from "../dist/models/index.js";
import { adam } from "../dist/optim/index.js";
import { createEngine } from "../dist/train/engine/create-engine.js";
import { elementsOf, normal, uniform } from "./hashing.mjs";

const batch = 64;
const pool = 4;
const latent = 100;
const learningRate = 2e-4;

/**
 * The whole iteration of a GAN: discriminator move, generator move on the same fakes, both updates.
 * @param {import("../dist/runtime/index.js").Backend} backend
 * @param {"mlp" | "dcgan"} family
 * @param {{ size: number, channels: number }} image
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildGanStep(backend, family, image) {
  const definition = modelByName(family);
  const model = definition.build(definition.schema.parse({}), image, 0);
  const options = nonSaturating.schema.parse({ average: family === "mlp" });
  const game = buildGame({
    model,
    loss: { rule: nonSaturating, options },
    regularizers: [],
    batch,
    discriminatorSteps: 1,
    generatorSteps: 1,
  });
  const optimizer = { rule: adam, options: adam.schema.parse({ beta1: 0.5 }) };
  const optimizers = new Map([
    ["discriminator", optimizer],
    ["generator", optimizer],
  ]);
  const engine = await createEngine(game, backend, optimizers);
  await engine.write(initialWeights(game, family));
  const shape = [batch, image.channels, image.size, image.size];
  const feeds = Array.from(
    { length: pool },
    (_, i) =>
      new Map([
        ["real", { dtype: "f32", dims: shape, data: uniform(2000 + i, shape, 1) }],
        ["z", { dtype: "f32", dims: [batch, latent], data: normal(1000 + i, [batch, latent]) }],
      ]),
  );
  return {
    sessions: [...new Set(game.plan)].map((phase) => phase.name),
    step: async (index) => {
      const losses = [];
      for (const phase of game.plan) {
        const scalars = await engine.play(phase, feeds[index % pool], learningRate);
        losses.push(/** @type {number} */ (scalars.get("loss")));
      }
      return losses;
    },
    release: () => engine.release(),
  };
}

/**
 * As peers/networks.py: tensors are numbered generator first, then discriminator; `mlp` starts from
 * PyTorch's Linear bounds, `dcgan` from N(0, .02) with norm scales from N(1, .02).
 * @param {import("../dist/adversarial/index.js").Game} game @param {"mlp" | "dcgan"} family
 */
export function initialWeights(game, family) {
  const variables = [
    ...game.variables.under("generator"),
    ...game.variables.under("discriminator"),
  ];
  return new Map(
    variables.map(({ name, shape }, index) => {
      const leaf = name.slice(name.lastIndexOf("/") + 1);
      const isNorm = /\/bn\d+\//.test(name);
      if (family === "dcgan" && leaf === "weight") return [name, normal(index, shape, 0, 0.02)];
      if (family === "dcgan" && leaf === "scale") return [name, normal(index, shape, 1, 0.02)];
      if (family === "mlp" && !isNorm) {
        const [, fanIn] = game.variables.all.get(name.replace(/bias$/, "weight"))?.shape ?? shape;
        return [name, uniform(index, shape, 1 / Math.sqrt(fanIn))];
      }
      const value = leaf === "scale" || leaf === "variance" ? 1 : 0;
      return [name, new Float32Array(elementsOf(shape)).fill(value)];
    }),
  );
}
