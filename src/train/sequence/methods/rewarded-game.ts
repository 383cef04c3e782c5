import { z } from "zod";
import {
  discriminatorPhase,
  discriminatorScope,
  type Game,
  generatorScope,
  type Phase,
  policyGradientPhase,
  type SequenceDiscriminator,
} from "../../../adversarial/index.ts";
import { sequenceDiscriminator, sequenceDiscriminatorSchema } from "../../../models/index.ts";
import { Variables } from "../../../nn/scope.ts";
import type { Tensor } from "../../../runtime/session.ts";
import type { JsonObject } from "../../../util/json.ts";
import type { SequenceTeacher, TeacherInputs } from "../method.ts";
import { adam, optimizerOf, Players } from "../players.ts";
import { DiscriminatorLessons } from "./discriminator-lessons.ts";

/** What all methods with rewarded tokens and a discriminator of whole sequences have. */
export const rewardedSchema = z.strictObject({
  discriminator: sequenceDiscriminatorSchema,
  batch: z.int().min(1).max(65_536).default(64),
  /** G's gradients of a larger common norm are scaled down to it. */
  clip: z.number().positive().default(5),
  generatorRate: z.number().min(0).default(1e-3),
  discriminatorRate: z.number().min(0).default(1e-3),
  /** Weight of the squared norm of D's last layer. */
  l2: z.number().min(0).default(0.2),
  /** D's steps before G's first, and after each. */
  discriminatorSteps: z
    .strictObject({ before: z.int().min(0).default(300), each: z.int().min(0).default(15) })
    .prefault({}),
  /** D's steps on the same fakes. */
  stepsPerFakes: z.int().min(1).default(15),
});

export type RewardedOptions = z.infer<typeof rewardedSchema>;

/** G's own sequences [T,N], and what each token earned [T,N]. */
export interface Rewarded {
  readonly tokens: Int32Array;
  readonly rewards: Float32Array;
  /** The noise [N,Z] that they were drawn with, where G has some. */
  readonly z: Float32Array | undefined;
  /** To look at. */
  readonly reward: number;
}

/** Draws sequences of G and rewards their tokens by what D says. */
export interface Rewarder {
  /** Undefined where `stop`, asked now and then, wants no more of it. */
  reward(players: Players, stop: () => boolean): Promise<Rewarded | undefined>;
  release(): Promise<void>;
}

/**
 * A game in which G's tokens are rewarded and D learns to tell whole sequences; `open` makes what gives
 * the rewards. An iteration is one step of G and D's steps after it.
 */
export async function openRewardedGame(
  inputs: TeacherInputs,
  options: RewardedOptions,
  open: (discriminator: SequenceDiscriminator) => Promise<Rewarder>,
): Promise<SequenceTeacher> {
  const { generator, train, seed, backend, weights } = inputs;
  const { batch, clip, l2, generatorRate, discriminatorRate, stepsPerFakes } = options;
  const { length } = generator;
  const discriminator = sequenceDiscriminator(options.discriminator, generator);
  const variables = new Variables();
  const policy = policyGradientPhase(generator, variables, { batch, clip });
  const d: Phase = discriminatorPhase(discriminator, variables, { length, batch, l2 });
  const game: Game = { variables, plan: [policy, d] };
  const optimizers = new Map([
    [generatorScope, optimizerOf(adam)],
    [discriminatorScope, optimizerOf(adam)],
  ]);
  const players = await Players.create({
    ...{ game, backend, optimizers, seed, train, length, batch },
    ...(weights && { weights }),
  });
  const learningRate = discriminatorRate;
  const lessons = await DiscriminatorLessons.create(d, generator, backend, {
    ...{ batch, learningRate, stepsPerFakes },
  });
  const rewarder = await open(discriminator);
  const { before, each } = options.discriminatorSteps;
  const move = async (stop: () => boolean) => {
    const { state } = players.random;
    const rewarded = await rewarder.reward(players, stop);
    if (!rewarded) {
      players.rewind(state);
      return undefined;
    }
    const { tokens, rewards, z, reward } = rewarded;
    const dims = [length, batch];
    const feeds = new Map<string, Tensor>([
      ["tokens", { dtype: "i32", dims, data: tokens }],
      ["rewards", { dtype: "f32", dims, data: rewards }],
    ]);
    if (z) feeds.set("z", { dtype: "f32", dims: [batch, z.length / batch], data: z });
    const { loss } = Object.fromEntries(await players.play(policy, feeds, generatorRate));
    return new Map([
      ["policy.loss", loss as number],
      ["policy.reward", reward],
    ]);
  };
  return {
    iterate: (pace) => {
      const lead = players.steps(generatorScope) === 0 ? before : 0;
      const step = async (at: number, of: number) => {
        // Whose iteration has begun may have moved since: its own number of steps says where it stands.
        const moving = of - each - 1;
        if (at === moving) return move(() => pace?.(at, of) ?? false);
        const taught = await lessons.step(players, (at < moving ? moving : of) - at);
        return at < moving ? new Map() : taught;
      };
      return players.iteration.play(lead + 1 + each, step, pace);
    },
    weights: () => players.weights(generatorScope),
    shown: () => players.shown,
    save: async () => {
      const { arrays, state } = await players.save();
      return { arrays, state: { ...state, lessons: lessons.state } };
    },
    restore: async (snapshot) => {
      await players.restore(snapshot);
      lessons.restore(snapshot.state.lessons as JsonObject);
    },
    release: async () => {
      for (const part of [rewarder, lessons, players]) await part.release();
    },
  };
}
