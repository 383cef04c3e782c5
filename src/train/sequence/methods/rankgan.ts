import { z } from "zod";
import {
  discriminatorScope,
  rankerPhase,
  type SequenceRanker,
} from "../../../adversarial/index.ts";
import { cnnFeaturesSchema } from "../../../models/sequence/cnn-features.ts";
import { cnnRanker } from "../../../models/sequence/cnn-ranker.ts";
import type { SequenceMethod, TeacherInputs } from "../method.ts";
import { tokensTensor } from "../players.ts";
import { RankCritic } from "../rank-critic.ts";
import { openRewardedGame, rewardedSchema } from "./rewarded-game.ts";
import { RolloutRewards, type Scorer } from "./rollout-rewards.ts";

export const rankganSchema = rewardedSchema.extend({
  ranker: cnnFeaturesSchema.prefault({}),
  /** Real sequences by which others are ranked, fresh ones at each step. */
  references: z.int().min(1).max(4096).default(16),
  /** What cosines are multiplied by before the softmax over a comparison set: an inverse temperature. */
  gamma: z.number().positive().max(30).default(1),
  /** Ends drawn from each beginning, by which its last token is rewarded. */
  rollouts: z.int().min(1).max(1024).default(16),
  /** G learns from how much better than the batch's mean at the same place a token did. */
  baseline: z.boolean().default(true),
});

export type RankganOptions = z.infer<typeof rankganSchema>;

/**
 * RankGAN (arXiv 1705.11001): in place of a discriminator, a ranker learns to put real sequences before G's
 * by their likeness to reference sequences; G is rewarded for a token by log R, how sequences that begin
 * up to it rank among real ones, on average over ends drawn as in SeqGAN.
 * Differs: ends are drawn by G as it is, not by an average of it; a baseline may be taken off; the
 * highway layer's gate begins almost closed, as SeqGAN's.
 */
export const rankgan: SequenceMethod<RankganOptions> = {
  name: "rankgan",
  summary: "RankGAN: a token's reward is how ends drawn from it rank among real sequences",
  schema: rankganSchema,
  open: (inputs, options) => {
    const { batch, references, gamma } = options;
    const { length } = inputs.generator;
    const ranker = cnnRanker(options.ranker, inputs.generator);
    const shape = { length, batch, references, gamma };
    const by = tokensTensor(length, references);
    return openRewardedGame(inputs, options, {
      phase: (variables) => rankerPhase(ranker, variables, shape),
      feed: (players) => {
        players.someReal(by.data);
        return [["references", by]];
      },
      open: () =>
        RolloutRewards.create(inputs, options, (drawn) =>
          rankScorer(inputs, ranker, options, drawn.batch * drawn.rollouts),
        ),
    });
  },
};

/** Scores sequences by how they rank among as many real ones as a step has. */
async function rankScorer(
  { generator, backend }: TeacherInputs,
  ranker: SequenceRanker,
  { batch: comparison, references, gamma }: RankganOptions,
  batch: number,
): Promise<Scorer> {
  const { length } = generator;
  const shape = { length, batch, references, comparison, gamma };
  const critic = await RankCritic.create(ranker, backend, shape);
  const [by, against] = [tokensTensor(length, references), tokensTensor(length, comparison)];
  return {
    prepare: async (players) => {
      players.someReal(by.data);
      players.someReal(against.data);
      await critic.setStandard(await players.weights(discriminatorScope), by, against);
    },
    score: async ({ sequences, ends }) => {
      const whole = await critic.logRanks(sequences);
      return Float32Array.of(...whole, ...(await critic.logRanks(ends)));
    },
    release: () => critic.release(),
  };
}
