import { z } from "zod";
import {
  discriminatorPhase,
  discriminatorScope,
  type Game,
  generatorScope,
  type Phase,
  type PolicyGradientOptions,
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

/** What all methods with rewarded tokens have. */
export const rewardedSchema = z.strictObject({
  batch: z.int().min(1).max(65_536).default(64),
  /** G's gradients of a larger common norm are scaled down to it. */
  clip: z.number().positive().default(5),
  generatorRate: z.number().min(0).default(1e-3),
  discriminatorRate: z.number().min(0).default(1e-3),
  /** Adam's decay of the mean, of both players. */
  beta1: z.number().min(0).lt(1).default(adam.beta1),
  /** Steps of G in an iteration. */
  generatorSteps: z.int().min(1).max(100_000).default(1),
  /** Steps of G before D has its turn (SeqGAN's g-steps). */
  generatorTurn: z.int().min(1).max(100_000).default(1),
  /** D's steps before G's first, and in each turn. */
  discriminatorSteps: z
    .strictObject({ before: z.int().min(0).default(300), each: z.int().min(0).default(15) })
    .prefault({}),
  /** D's steps on the same fakes. */
  stepsPerFakes: z.int().min(1).default(15),
});

export type RewardedOptions = z.infer<typeof rewardedSchema>;

/** What the methods among them have whose discriminator judges whole sequences. */
export const judgedSchema = rewardedSchema.extend({
  discriminator: sequenceDiscriminatorSchema,
  /** Weight of the squared norm of D's last layer. */
  l2: z.number().min(0).default(0.2),
});

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

/** The opponent of a game of rewards. */
export interface Opponent {
  /** Its move: reads `real` and `fake`, i32 [T,N], logs `realAccuracy` and `fakeAccuracy`. */
  phase(variables: Variables): Phase;
  /** What its move reads besides. */
  feed?(players: Players): Iterable<readonly [string, Tensor]>;
  /** Makes what gives the rewards. */
  open(): Promise<Rewarder>;
  /** What G makes of them, as the policy gradient's option. */
  readonly advantages?: PolicyGradientOptions["advantages"];
}

/** A game against an opponent. An iteration is some steps of G, with D's turns between. */
export async function openRewardedGame(
  inputs: TeacherInputs,
  options: RewardedOptions,
  opponent: Opponent,
): Promise<SequenceTeacher> {
  const { generator, train, seed, backend, weights } = inputs;
  const { batch, clip, beta1, generatorRate, generatorSteps, stepsPerFakes } = options;
  const { length } = generator;
  const variables = new Variables();
  const { advantages, feed } = opponent;
  const policy = policyGradientPhase(generator, variables, {
    ...{ batch, clip },
    ...(advantages && { advantages }),
  });
  const d = opponent.phase(variables);
  const game: Game = { variables, plan: [policy, d] };
  const optimizer = optimizerOf({ ...adam, beta1 });
  const players = await Players.create({
    ...{ game, backend, seed, train, length, batch },
    optimizers: new Map([
      [generatorScope, optimizer],
      [discriminatorScope, optimizer],
    ]),
    ...(weights && { weights }),
  });
  const lessons = await DiscriminatorLessons.create(d, generator, backend, {
    ...{ batch, learningRate: options.discriminatorRate, stepsPerFakes },
    ...(feed && { feed }),
  });
  const rewarder = await opponent.open();
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
  const turn = Math.min(options.generatorTurn, generatorSteps);
  /** A turn of G and one of D. */
  const round = turn + each;
  const played = generatorSteps + Math.ceil(generatorSteps / turn) * each;
  return {
    iterate: (pace) => {
      const lead = players.steps(generatorScope) === 0 ? before : 0;
      const step = async (at: number, of: number) => {
        // Whose iteration has begun may have moved since: its own number of steps says where it stands.
        const since = at - (of - played);
        if (since < 0) {
          await lessons.step(players, -since);
          return new Map<string, number>();
        }
        const place = since % round;
        // An iteration's last turn of G may be a short one.
        const own = Math.min(turn, generatorSteps - turn * Math.floor(since / round));
        if (place < own) return move(() => pace?.(at, of) ?? false);
        return lessons.step(players, own + each - place);
      };
      return players.iteration.play(lead + played, step, pace);
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

/** A discriminator of whole sequences as an opponent; `open` makes what gives its rewards. */
export function judgedBy(
  { generator }: TeacherInputs,
  options: z.infer<typeof judgedSchema>,
  open: (discriminator: SequenceDiscriminator) => Promise<Rewarder>,
): Opponent {
  const { batch, l2 } = options;
  const { length } = generator;
  const discriminator = sequenceDiscriminator(options.discriminator, generator);
  return {
    phase: (variables) => discriminatorPhase(discriminator, variables, { length, batch, l2 }),
    open: () => open(discriminator),
  };
}
