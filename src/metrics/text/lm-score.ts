import { modelsOf } from "./language-model.ts";
import { requireTexts, type Text } from "./ngrams.ts";
import type { TextMetric } from "./text-metric.ts";

/**
 * What a language model of real texts thinks of the samples: mean -log p(token | tokens before it), nats
 * a token. Below the floor is no praise: the samples are more usual than real texts are. Throws a usage
 * error without samples.
 *
 * Cifka et al. 2018, arXiv 1804.07972; swept over temperatures: Caccia et al. 2020, arXiv 1811.02549.
 *
 * Differs: the model learned texts that the generator did not, so texts learned by heart score as real
 * ones do.
 */
export const lmScore: TextMetric<Text> = {
  name: "lm",
  summary: "NLL of the samples under a language model of real texts, nats a token (quality)",
  higherIsBetter: false,
  byName: true,
  needs: ["samples", "languageModels"],
  floorFrom: "test",
  protocol: "our LSTM, learned from real texts that the generator did not see",
  compute: async (context) => {
    requireTexts("lm samples", context.samples);
    return { value: await (await modelsOf("lm", context).judge()).nll(context.samples) };
  },
};
