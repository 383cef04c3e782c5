import { modelsOf } from "./language-model.ts";
import { requireTexts, type Text } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/**
 * What a language model of the samples thinks of real texts: mean -log p(token | tokens before it) of the
 * references, nats a token. Samples that leave out part of the language, or that are no language, teach
 * it badly. It falls with the number of samples: compare equal numbers. Throws a usage error without
 * samples or references.
 *
 * Zhao et al. 2018, arXiv 1706.04223; swept over temperatures: Caccia et al. 2020, arXiv 1811.02549.
 */
export const reverseLmScore: TextMetric<Text> = {
  name: "reverse-lm",
  summary: "NLL of real texts under a language model of the samples, nats a token (diversity)",
  higherIsBetter: false,
  byName: true,
  needs: ["samples", "references", "languageModels"],
  floorFrom: "train",
  texts: 2000,
  protocol: "our LSTM, learned from the samples; held-out texts judged",
  compute: async (context) => {
    requireTexts("reverse-lm samples", context.samples);
    requireTexts("reverse-lm references", context.references);
    const model = await modelsOf("reverse-lm", context).learn(context.samples);
    return { value: await model.nll(context.references) };
  },
};
