import { requireTexts, type Text, type Texts } from "./ngrams.ts";
import { SuffixAutomaton } from "./suffix-automaton.ts";
import type { TextMetric } from "./text-metric.ts";

/**
 * For each sample the tokens of the longest span that stands in one training text. The automaton is
 * built of the samples and the training texts run through it once, so memory does not grow with the
 * training set. Throws a usage error without samples or training texts.
 */
export function copiedSpans(samples: Texts, train: Texts): number[] {
  requireTexts("novelty samples", samples);
  requireTexts("novelty training set", train);
  const automaton = new SuffixAutomaton(samples);
  return automaton.longestShared(train);
}

/** Mean copied span in tokens, and the share of samples that stand whole in a training text. */
export function noveltyScores(
  samples: Texts,
  train: Texts,
): { readonly meanSpan: number; readonly copiedShare: number } {
  const spans = copiedSpans(samples, train);
  const whole = spans.filter((span, i) => span > 0 && span === samples[i]?.length);
  return {
    meanSpan: spans.reduce((sum, span) => sum + span, 0) / spans.length,
    copiedShare: whole.length / spans.length,
  };
}

/** How much of the samples was learnt by heart. */
export const novelty: TextMetric<Text> = {
  name: "novelty",
  summary: "tokens of the longest span copied from the training set (details: share copied whole)",
  higherIsBetter: false,
  needs: ["samples", "train"],
  floorFrom: "test",
  protocol: "mean over samples of the longest span found in one training text",
  compute: ({ samples, train }) => {
    const { meanSpan, copiedShare } = noveltyScores(samples, train);
    return { value: meanSpan, details: { copiedShare } };
  },
};
