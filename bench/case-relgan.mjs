import { relativistic, relaxedGame } from "../dist/adversarial/index.js";
import {
  multiRepresentationDiscriminator,
  multiRepresentationSchema,
  relationalGenerator,
  relationalGeneratorSchema,
} from "../dist/models/index.js";
import { Variables } from "../dist/nn/index.js";
import { adam } from "../dist/optim/index.js";
import { createEngine } from "../dist/train/engine/create-engine.js";
import { initialArrays } from "../dist/train/loop/initial-arrays.js";
import { NoiseSource } from "../dist/train/loop/noise.js";
import { integers } from "./hashing.mjs";

const [batch, length, vocabulary] = [64, 20, 5000];
const pool = 4;
const learningRate = 1e-4;
const discriminatorSteps = 5;

/**
 * One adversarial step of RelGAN at the oracle's sizes: D five times and G once, each on sequences of
 * its own; noise, clipping and updates included.
 * @param {import("../dist/runtime/index.js").Backend} backend
 * @returns {Promise<import("./cases.mjs").Case>}
 */
export async function buildRelganStep(backend) {
  const shape = { vocabulary, length, start: 0 };
  const writer = relationalGenerator(relationalGeneratorSchema.parse({}), shape);
  const judge = multiRepresentationDiscriminator(multiRepresentationSchema.parse({}), shape);
  const variables = new Variables();
  const loss = { rule: relativistic, options: {} };
  const moves = relaxedGame(writer, judge, variables, { batch, clip: 5, loss });
  const plan = [
    ...Array.from({ length: discriminatorSteps }, () => moves.discriminator),
    moves.generator,
  ];
  const game = { variables, plan, keepsMemory: true };
  const optimizer = { rule: adam, options: adam.schema.parse({}) };
  const engine = await createEngine(
    game,
    backend,
    new Map([
      ["generator", optimizer],
      ["discriminator", optimizer],
    ]),
  );
  await engine.write(initialArrays(game, 1, engine.arrayNames));
  const noise = new NoiseSource(game, 1);
  const reals = Array.from({ length: pool }, (_, i) =>
    integers(3000 + i, length * batch, vocabulary),
  );
  return {
    sessions: ["d", "g"],
    step: async (index) => {
      const losses = [];
      for (const [i, phase] of plan.entries()) {
        const data = reals[(index * plan.length + i) % pool];
        const feeds = new Map([
          ["real", { dtype: "i32", dims: [length, batch], data }],
          ["beta", { dtype: "f32", dims: [], data: Float32Array.of(1) }],
        ]);
        noise.feed(phase, feeds);
        const scalars = await engine.play(phase, feeds, learningRate);
        losses.push(/** @type {number} */ (scalars.get("loss")));
      }
      return losses;
    },
    release: () => engine.release(),
  };
}
