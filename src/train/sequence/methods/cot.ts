import { z } from "zod";
import {
  generatorScope,
  mediatedPhase,
  mediatorPhase,
  mediatorScope,
} from "../../../adversarial/index.ts";
import { Variables } from "../../../nn/scope.ts";
import type { SequenceMethod } from "../method.ts";
import { adam, optimizerOf, Players, tokensTensor } from "../players.ts";
import { timeMajor } from "../sequence-judge.ts";
import { SequenceSampler } from "../sequence-sampler.ts";
import { needsWholeDistributions } from "./whole-distributions.ts";

export const cotSchema = z.strictObject({
  /** Real sequences of a step, and as many of G. */
  batch: z.int().min(1).max(65_536).default(64),
  /** Gradients of a larger common norm are scaled down to it. */
  clip: z.number().positive().default(5),
  generatorRate: z.number().min(0).default(1e-3),
  mediatorRate: z.number().min(0).default(1e-3),
  /** The mediator's steps after each of G. */
  mediatorSteps: z.int().min(1).max(1000).default(1),
  /** Steps of G in an iteration. */
  generatorSteps: z.int().min(1).max(100_000).default(100),
});

export type CotOptions = z.infer<typeof cotSchema>;

/**
 * Cooperative training (arXiv 1804.03782): a mediator, a network like G's, learns the even mixture of real
 * sequences and G's by maximum likelihood; G draws sequences and moves its whole distribution of the next
 * token towards the mediator's: the gradient of the Jensen-Shannon divergence, without REINFORCE.
 * Differs: a mediator of G's own kind begins as G where G has been taught before.
 */
export const cot: SequenceMethod<CotOptions> = {
  name: "cot",
  summary: "CoT: a mediator learns real and drawn sequences, G follows its distribution",
  schema: cotSchema,
  refuses: needsWholeDistributions,
  open: async (inputs, options) => {
    const { generator, train, seed, backend, weights } = inputs;
    const { batch, clip, generatorRate, mediatorRate, mediatorSteps, generatorSteps } = options;
    const { length } = generator;
    const variables = new Variables();
    const g = mediatedPhase(generator, variables, { batch, clip });
    const m = mediatorPhase(generator, variables, { batch, clip });
    const optimizers = new Map([
      [generatorScope, optimizerOf(adam)],
      [mediatorScope, optimizerOf(adam)],
    ]);
    const begin = new Map(weights);
    for (const [name, data] of weights ?? []) {
      begin.set(name.replace(generatorScope, mediatorScope), data);
    }
    const players = await Players.create({
      ...{ game: { variables, plan: [m, g] }, backend, optimizers, seed, train, length, batch },
      weights: begin,
    });
    const sampler = await SequenceSampler.create(generator, backend);
    const [real, fake] = [tokensTensor(length, batch), tokensTensor(length, batch)];
    const draw = async () => {
      sampler.setWeights(await players.weights(generatorScope));
      timeMajor(await sampler.draw(batch, players.random), length, batch, fake.data);
    };
    const step = async () => {
      let mediatorLoss = 0;
      for (let k = 0; k < mediatorSteps; k++) {
        await draw();
        players.nextReal(real.data);
        const feeds = new Map([
          ["real", real],
          ["fake", fake],
        ]);
        const { loss } = Object.fromEntries(await players.play(m, feeds, mediatorRate));
        mediatorLoss += (loss as number) / mediatorSteps;
      }
      const feeds = new Map([["tokens", fake]]);
      const { loss } = Object.fromEntries(await players.play(g, feeds, generatorRate));
      return new Map([
        ["g.loss", loss as number],
        ["mediator.loss", mediatorLoss],
      ]);
    };
    return {
      iterate: (pace) => players.iteration.play(generatorSteps, step, pace),
      weights: () => players.weights(generatorScope),
      shown: () => players.shown,
      save: () => players.save(),
      restore: (snapshot) => players.restore(snapshot),
      release: async () => {
        await sampler.release();
        await players.release();
      },
    };
  },
};
