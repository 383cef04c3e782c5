// The weights and batches that every side of a GAN's comparison starts from.
import { buildGame, nonSaturating, regularizerByName } from "../dist/adversarial/index.js";
import { modelByName } from "../dist/models/index.js";
import { elementsOf, normal, uniform } from "./hashing.mjs";

export const batch = 64;
export const latent = 100;
export const learningRate = 2e-4;
const pool = 4;

/** @typedef {{ size: number, channels: number }} Image */

/** @param {"mlp" | "dcgan"} family @param {Image} image @param {readonly string[]} [penalties] */
export function ganGame(family, image, penalties = []) {
  const definition = modelByName(family);
  return buildGame({
    model: definition.build(definition.schema.parse({}), image, 0),
    sample: [image.channels, image.size, image.size],
    loss: {
      rule: nonSaturating,
      options: nonSaturating.schema.parse({ average: family === "mlp" }),
    },
    regularizers: penalties.map((name) => ({
      rule: regularizerByName(name),
      options: { gamma: 1 },
    })),
    batch,
    discriminatorSteps: 1,
    generatorSteps: 1,
  });
}

/** Real images and noise; step s takes batch s % 4. @param {Image} image */
export function ganBatches({ channels, size }) {
  return Array.from({ length: pool }, (_, i) => ({
    real: uniform(2000 + i, [batch, channels, size, size], 1),
    z: normal(1000 + i, [batch, latent]),
  }));
}

/**
 * As peers/networks.py: tensors are numbered generator first, then discriminator; `mlp` starts from
 * PyTorch's Linear bounds, `dcgan` from N(0, .02) with norm scales from N(1, .02).
 * @param {import("../dist/adversarial/index.js").Game} game @param {"mlp" | "dcgan"} family
 * @returns {Map<string, Float32Array>}
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
        const weight = game.variables.all.get(name.replace(/bias$/, "weight"));
        return [name, uniform(index, shape, 1 / Math.sqrt((weight?.shape ?? shape)[1] ?? 1))];
      }
      const value = leaf === "scale" || leaf === "variance" ? 1 : 0;
      return [name, new Float32Array(elementsOf(shape)).fill(value)];
    }),
  );
}

/** The article's networks as plain arrays for the JavaScript peers: name -> shape and numbers. */
export function articleTensors() {
  const game = ganGame("mlp", { size: 64, channels: 1 });
  const weights = initialWeights(game, "mlp");
  return [...game.variables.all.values()].map(({ name, shape, trainable }) => ({
    name,
    shape: [...shape],
    trainable,
    data: /** @type {Float32Array} */ (weights.get(name)),
  }));
}
