import { z } from "zod";
import { discriminatorScope, type SequenceDiscriminator } from "../../../adversarial/index.ts";
import type { SequenceMethod, TeacherInputs } from "../method.ts";
import { rolloutCritic } from "../rollout-critic.ts";
import { judgedBy, judgedSchema, openRewardedGame } from "./rewarded-game.ts";
import { RolloutRewards, type Scorer } from "./rollout-rewards.ts";

export const seqganSchema = judgedSchema.extend({
  /** Ends drawn from each beginning, by which its last token is rewarded. */
  rollouts: z.int().min(1).max(1024).default(16),
  /** G learns from how much better than the batch's mean at the same place a token did. */
  baseline: z.boolean().default(true),
});

export type SeqganOptions = z.infer<typeof seqganSchema>;

/**
 * SeqGAN (arXiv 1609.05473): G is rewarded for a token by what D thinks, on average, of sequences that
 * begin up to it and are drawn to their end.
 * Differs: ends are drawn by G as it is, not by an average of it; a baseline may be taken off.
 */
export const seqgan: SequenceMethod<SeqganOptions> = {
  name: "seqgan",
  summary: "SeqGAN: a token's reward is what D thinks of ends drawn from it",
  schema: seqganSchema,
  open: (inputs, options) => {
    const opponent = judgedBy(inputs, options, (d) =>
      RolloutRewards.create(inputs, options, (drawn) => probabilityScorer(inputs, d, drawn)),
    );
    return openRewardedGame(inputs, options, opponent);
  },
};

/** Scores sequences by the probability that they are real. */
export async function probabilityScorer(
  { generator, backend }: TeacherInputs,
  discriminator: SequenceDiscriminator,
  drawn: { readonly batch: number; readonly rollouts: number },
): Promise<Scorer> {
  const { length } = generator;
  const critic = await rolloutCritic(discriminator, backend, { length, ...drawn });
  return {
    prepare: async (players) => critic.setWeights(await players.weights(discriminatorScope)),
    score: (rollouts) => critic.probabilities(rollouts),
    release: () => critic.release(),
  };
}
