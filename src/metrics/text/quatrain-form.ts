import { requireTexts } from "./ngrams.ts";
import type { Poem } from "./rhyme-groups.ts";
import type { TextMetric } from "./text-metric.ts";

/** Characters in a line of a quatrain. */
export type LineLength = 5 | 7;

// A token that stands for an unknown character, and □ for a lost one, are no Han characters.
const han = /^\p{Script=Han}+$/u;

/** The lines of a poem that is written as one string: cut at line breaks and Chinese punctuation. */
export function linesOf(text: string): Poem {
  return text
    .split(/[\n，。？！；、]/u)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Whether a poem has exactly 4 lines of exactly `length` Han characters each, and nothing else. */
export function isQuatrain(poem: Poem, length: LineLength): boolean {
  return poem.length === 4 && poem.every((line) => [...line].length === length && han.test(line));
}

/** Share of samples that are quatrains of that line length. Throws a usage error without samples. */
export function quatrainShare(samples: readonly Poem[], length: LineLength): number {
  requireTexts("quatrain-form samples", samples);
  return samples.filter((poem) => isQuatrain(poem, length)).length / samples.length;
}

/** Whether the samples have the form of a quatrain at all. */
export const quatrainForm: TextMetric<Poem> = {
  name: "quatrain-form",
  summary: "share of samples of 4 lines of 5, or of 7, Han characters each",
  higherIsBetter: true,
  needs: ["samples"],
  floorFrom: "test",
  protocol: "exact form, no other character",
  compute: ({ samples }) => {
    const [five, seven] = [quatrainShare(samples, 5), quatrainShare(samples, 7)];
    return { value: five + seven, details: { five, seven } };
  },
};
