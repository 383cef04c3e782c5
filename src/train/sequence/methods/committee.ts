import { z } from "zod";
import {
  committeeFollowerPhase,
  committeePhase,
  committeeScope,
  type Divergence,
  divergences,
  generatorScope,
  memberScope,
} from "../../../adversarial/index.ts";
import { Variables } from "../../../nn/scope.ts";
import { scheduleAt, weightSchema } from "../../../optim/index.ts";
import type { SequenceMethod } from "../method.ts";
import { adam, optimizerOf, Players, tokensTensor } from "../players.ts";
import { timeMajor } from "../sequence-judge.ts";
import { SequenceSampler } from "../sequence-sampler.ts";
import { needsWholeDistributions } from "./whole-distributions.ts";

export const committeeSchema = z.strictObject({
  members: z.int().min(1).max(16).default(4),
  /** Passes over the real sequences, an iteration each, in which the members learn and G waits. */
  passes: z.int().min(0).max(10_000).default(20),
  /** Sequences of a step. */
  batch: z.int().min(2).max(65_536).default(64),
  /** Gradients of a larger common norm are scaled down to it. */
  clip: z.number().positive().default(5),
  /** By iterations. */
  memberRate: weightSchema.default(2e-3),
  /** By iterations after the members' passes. */
  generatorRate: weightSchema.default(1e-3),
  /** Share of the sequences of a step of G that it has drawn itself; the others are real. */
  drawn: z.number().min(0).max(1).default(0.5),
  /** From the mean of the members. */
  divergence: z.enum(Object.keys(divergences) as Divergence[]).default("reverse"),
  /** The members' steps before each of G, on the very sequences of that step; 0: they stand still. */
  memberSteps: z.int().min(0).max(1000).default(0),
  /** Steps of G in an iteration. */
  generatorSteps: z.int().min(1).max(100_000).default(100),
});

export type CommitteeOptions = z.infer<typeof committeeSchema>;

/**
 * Cooperative training (CoT, arXiv 1804.03782) with a committee for a mediator: several networks of G's
 * kind learn by maximum likelihood, each from weights and with dropout of its own; G moves its whole
 * distribution of the next token towards their mean (arXiv 1503.02531), after real tokens and after its
 * own (on-policy distillation, arXiv 2306.13649), of which there are as many as one likes. As long as
 * the members learn alone, G is the first of them, unless it was taught before.
 * Differs from CoT: members learn drawn sequences only with `memberSteps`; from on-policy distillation:
 * the teachers are no larger than G.
 */
export const committee: SequenceMethod<CommitteeOptions> = {
  name: "committee",
  summary: "committee: several networks learn by likelihood, G follows their mean on its own draws",
  schema: committeeSchema,
  refuses: needsWholeDistributions,
  open: async (inputs, options) => {
    const { generator, train, seed, backend, weights } = inputs;
    const { members, passes, batch, clip, divergence, memberSteps, generatorSteps } = options;
    const { length } = generator;
    const variables = new Variables();
    const teach = committeePhase(generator, variables, { members, batch, clip });
    const follow = committeeFollowerPhase(generator, variables, {
      ...{ members, batch, clip, divergence },
    });
    const optimizers = new Map([
      [generatorScope, optimizerOf(adam)],
      [committeeScope, optimizerOf(adam)],
    ]);
    const players = await Players.create({
      ...{ game: { variables, plan: [teach, follow] }, backend, optimizers, seed },
      ...{ train, length, batch },
      ...(weights && { weights }),
    });
    const sampler = await SequenceSampler.create(generator, backend);
    const tokens = tokensTensor(length, batch);
    const feeds = new Map([["tokens", tokens]]);
    const drawn = Math.round(options.drawn * batch);
    let done = 0;

    /** One step of the members' passes over the real sequences. */
    const learn = async (at: number, of: number) => {
      players.nextReal(tokens.data);
      const rate = scheduleAt(options.memberRate, done);
      const { loss } = Object.fromEntries(await players.play(teach, feeds, rate));
      if (at === of - 1 && !weights) await players.copy(memberScope(0), generatorScope);
      return new Map([["committee.loss", loss as number]]);
    };

    /** Real sequences, the last of them replaced by as many as G is to draw. */
    const mix = async () => {
      players.nextReal(tokens.data);
      if (drawn === 0) return;
      sampler.setWeights(await players.weights(generatorScope));
      const own = await sampler.draw(drawn, players.random);
      timeMajor(own, length, batch, tokens.data.subarray(batch - drawn));
    };

    const follows = async () => {
      await mix();
      let learned = 0;
      for (let k = 0; k < memberSteps; k++) {
        const rate = scheduleAt(options.memberRate, done);
        const { loss } = Object.fromEntries(await players.play(teach, feeds, rate));
        learned += (loss as number) / memberSteps;
      }
      const rate = scheduleAt(options.generatorRate, done - passes);
      const { loss } = Object.fromEntries(await players.play(follow, feeds, rate));
      const scalars = new Map([["g.loss", loss as number]]);
      return memberSteps > 0 ? scalars.set("committee.loss", learned) : scalars;
    };

    return {
      iterate: async (pace) => {
        const { iteration, batchesPerEpoch } = players;
        const scalars = await (done < passes
          ? iteration.play(Math.max(1, batchesPerEpoch), learn, pace)
          : iteration.play(generatorSteps, follows, pace));
        if (scalars) done++;
        return scalars;
      },
      weights: () => players.weights(generatorScope),
      shown: () => players.shown,
      save: async () => {
        const { arrays, state } = await players.save();
        return { arrays, state: { players: state, done } };
      },
      restore: async ({ arrays, state }) => {
        const saved = state as unknown as { readonly players: typeof state; readonly done: number };
        done = saved.done;
        await players.restore({ arrays, state: saved.players });
      },
      release: async () => {
        await sampler.release();
        await players.release();
      },
    };
  },
};
