import { adam } from "../dist/optim/index.js";
import { createEngine } from "../dist/train/engine/create-engine.js";
import {
  batch,
  ganBatches,
  ganGame,
  initialWeights,
  latent,
  learningRate,
} from "./gan-numbers.mjs";

/**
 * The whole iteration of a GAN: discriminator move, generator move on the same fakes, both updates.
 * @param {import("../dist/runtime/index.js").Backend} backend
 * @param {"mlp" | "dcgan"} family
 * @param {{ size: number, channels: number }} image
 * @param {readonly string[]} [penalties] with a gamma of 1
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildGanStep(backend, family, image, penalties = []) {
  const game = ganGame(family, image, penalties);
  const optimizer = { rule: adam, options: adam.schema.parse({ beta1: 0.5 }) };
  const optimizers = new Map([
    ["discriminator", optimizer],
    ["generator", optimizer],
  ]);
  const engine = await createEngine(game, backend, optimizers);
  await engine.write(initialWeights(game, family));
  const feeds = ganBatches(image).map(
    ({ real, z }) =>
      new Map([
        [
          "real",
          { dtype: "f32", dims: [batch, image.channels, image.size, image.size], data: real },
        ],
        ["z", { dtype: "f32", dims: [batch, latent], data: z }],
      ]),
  );
  return {
    sessions: [...new Set(game.plan)].map((phase) => phase.name),
    step: async (index) => {
      const losses = [];
      for (const phase of game.plan) {
        const scalars = await engine.play(phase, feeds[index % feeds.length], learningRate);
        losses.push(/** @type {number} */ (scalars.get("loss")));
      }
      return losses;
    },
    release: () => engine.release(),
  };
}
