import { z } from "zod";
import {
  discriminatorScope,
  generatorScope,
  type Phase,
  relativistic,
  relaxedGame,
} from "../../../adversarial/index.ts";
import {
  multiRepresentationDiscriminator,
  multiRepresentationSchema,
} from "../../../models/index.ts";
import { Variables } from "../../../nn/scope.ts";
import type { Tensor } from "../../../runtime/session.ts";
import type { SequenceMethod } from "../method.ts";
import { adam, optimizerOf, Players, tokensTensor } from "../players.ts";

export const relganSchema = z.strictObject({
  discriminator: multiRepresentationSchema.prefault({}),
  /** Real sequences of a step, and as many of G. */
  batch: z.int().min(1).max(65_536).default(64),
  /** Gradients of a larger common norm are scaled down to it. */
  clip: z.number().positive().default(5),
  generatorRate: z.number().min(0).default(1e-4),
  discriminatorRate: z.number().min(0).default(1e-4),
  /** D's steps after each of G. */
  discriminatorSteps: z.int().min(1).max(1000).default(5),
  /** Steps of G in an iteration. */
  generatorSteps: z.int().min(1).max(100_000).default(10),
  /** The inverse temperature of the relaxed tokens: `most`^(i / `over`) after i steps of G. */
  beta: z
    .strictObject({
      most: z.number().min(1).max(1e6).default(100),
      over: z.int().min(1).default(5000),
    })
    .prefault({}),
});

export type RelganOptions = z.infer<typeof relganSchema>;

/**
 * RelGAN (Nie, Narodytska and Patel, ICLR 2019): D reads relaxed tokens softmax(beta (o + g)) of the
 * logits o with Gumbel noise g, and its gradient passes through them to G, which itself reads the
 * tokens that it drew; beta grows exponentially. The loss is relativistic (arXiv 1807.00734), of each
 * of D's representations by itself.
 */
export const relgan: SequenceMethod<RelganOptions> = {
  name: "relgan",
  summary: "RelGAN: D's gradient passes through relaxed tokens to G, without rewards",
  schema: relganSchema,
  open: async (inputs, options) => {
    const { generator, train, seed, backend, weights } = inputs;
    const { batch, clip, generatorRate, discriminatorRate } = options;
    const { length } = generator;
    const judge = multiRepresentationDiscriminator(options.discriminator, generator);
    const variables = new Variables();
    const { generator: g, discriminator: d } = relaxedGame(generator, judge, variables, {
      ...{ batch, clip, loss: { rule: relativistic, options: {} } },
    });
    const lessons = Array.from({ length: options.discriminatorSteps }, () => d);
    const plan = [g, ...lessons];
    const game = { variables, plan, keepsMemory: true };
    const optimizers = new Map([
      [generatorScope, optimizerOf(adam)],
      [discriminatorScope, optimizerOf(adam)],
    ]);
    const players = await Players.create({
      ...{ game, backend, optimizers, seed, train, length, batch },
      ...(weights && { weights }),
    });
    const real = tokensTensor(length, batch);
    /** One move: of G first, then of D against it. */
    const step = async (at: number) => {
      const phase = plan[at % plan.length] as Phase;
      players.nextReal(real.data);
      const done = players.steps(generatorScope) - (phase === g ? 0 : 1);
      const beta = options.beta.most ** (done / options.beta.over);
      const feeds = new Map<string, Tensor>([
        ["real", real],
        ["beta", { dtype: "f32", dims: [], data: Float32Array.of(beta) }],
      ]);
      const rate = phase === g ? generatorRate : discriminatorRate;
      const played = await players.play(phase, feeds, rate);
      const figures = [...played].map(([name, x]) => [`${phase.name}.${name}`, x] as const);
      return new Map([...figures, ["beta", beta]]);
    };
    const moves = options.generatorSteps * plan.length;
    return {
      iterate: (pace) => players.iteration.play(moves, step, pace),
      weights: () => players.weights(generatorScope),
      shown: () => players.shown,
      save: () => players.save(),
      restore: (snapshot) => players.restore(snapshot),
      release: () => players.release(),
    };
  },
};
