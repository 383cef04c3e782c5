import { z } from "zod";
import { generatorScope, likelihoodGame, type Phase } from "../../../adversarial/index.ts";
import { scheduleAt, scheduleSchema } from "../../../optim/index.ts";
import type { SequenceMethod, SequenceTeacher } from "../method.ts";
import { adam, optimizerOf, Players, tokensTensor } from "../players.ts";

export const likelihoodSchema = z.strictObject({
  batch: z.int().min(1).max(65_536).default(64),
  /** By iterations. */
  learningRate: scheduleSchema.default(2e-3),
  /** Gradients of a larger common norm are scaled down to it. */
  clip: z.number().positive().default(5),
  /** Steps of an iteration where a pass over the data has fewer. */
  leastSteps: z.int().min(1).max(1_000_000).default(1),
  /** Share of the old average of the weights that a step keeps; 0 keeps none. */
  average: z.number().min(0).max(0.99999).default(0),
});

export type LikelihoodOptions = z.infer<typeof likelihoodSchema>;

/**
 * Maximum likelihood: each token from those before it. An iteration is a pass over the data, or
 * `leastSteps` steps where that is more.
 */
export const likelihood: SequenceMethod<LikelihoodOptions> = {
  name: "likelihood",
  summary: "maximum likelihood: each token from those before it; no adversary",
  schema: likelihoodSchema,
  open: async (inputs, options) => {
    const { generator, train, seed, backend, weights } = inputs;
    const { batch, learningRate, clip, average, leastSteps } = options;
    const { length } = generator;
    const game = likelihoodGame(generator, batch, clip);
    const [phase] = game.plan as [Phase];
    const optimizers = new Map([[generatorScope, optimizerOf(adam)]]);
    const players = await Players.create({
      ...{ game, backend, optimizers, seed, train, length, batch },
      ...(weights && { weights }),
    });
    const tokens = tokensTensor(length, batch);
    const feeds = new Map([["tokens", tokens]]);
    const steps = Math.max(leastSteps, players.batchesPerEpoch);
    const step = async () => {
      players.nextReal(tokens.data);
      const rate = scheduleAt(learningRate, players.steps(generatorScope) / steps);
      const { loss } = Object.fromEntries(await players.play(phase, feeds, rate));
      if (average > 0) {
        const t = players.steps(generatorScope);
        await players.average(Math.min(average, (1 + t) / (10 + t)));
      }
      return new Map([["mle.loss", loss as number]]);
    };
    const teacher: SequenceTeacher = {
      iterate: (pace) => players.iteration.play(steps, step, pace),
      weights: () => players.weights(generatorScope, average > 0),
      shown: () => players.shown,
      save: () => players.save(),
      restore: (snapshot) => players.restore(snapshot),
      release: () => players.release(),
    };
    return teacher;
  },
};
