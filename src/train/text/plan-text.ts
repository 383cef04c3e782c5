import { likelihoodGame } from "../../adversarial/index.ts";
import { quatrainMetrics, textMetrics } from "../../metrics/text/index.ts";
import { checkTextConfig, type TextRunConfig } from "../../recipes/text/index.ts";
import { unknownName } from "../../util/errors.ts";
import { countParameters } from "../plan.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { checkMethod } from "../sequence/methods/registry.ts";
import { startingText } from "./starting-text.ts";
import { openTexts, textBackend, textGenerator } from "./text-run.ts";

/** What training a configuration of text would mean. */
export interface TextPlan {
  readonly data: {
    readonly name: string;
    /** To learn from, and of these cut to the run's length. */
    readonly texts: number;
    readonly cut: number;
    /** Longer than the run's length, where such texts are left out. */
    readonly leftOut: number;
    readonly validation: number;
    readonly vocabulary: number;
  };
  /** Trained numbers of the generator. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** Checks the names and options of methods and metrics. Throws usage errors. */
export function checkTextParts({ stages, metrics }: TextRunConfig): void {
  for (const { method } of stages) checkMethod(method);
  const known = [...textMetrics, ...quatrainMetrics].map((m) => m.name);
  for (const name of metrics === "auto" ? [] : metrics) {
    if (!known.includes(name)) throw unknownName("metric", name, known);
  }
}

/**
 * Checks all that can be checked before the first step: values, the run folder's place, every text, the
 * generator, and whether the weights of run `from` fit. Keeps nothing. Throws what training would throw.
 */
export async function planText(
  config: TextRunConfig,
  { out, from }: { readonly out?: string | undefined; readonly from?: string | undefined } = {},
): Promise<TextPlan> {
  const own = checkTextConfig(config);
  checkTextParts(own);
  if (out !== undefined) RunFolder.checkVacant(out);
  const begun = from === undefined ? undefined : startingText(from, own);
  const checked = begun?.config ?? own;
  await textBackend(checked).release?.();
  const known = begun?.tokenizer;
  const { name, count, tally, tokenizer } = await openTexts(checked, "train", known);
  const validation = await openTexts(checked, "validation", tokenizer);
  const { vocabulary } = tokenizer;
  const { cut, leftOut } = tally;
  return {
    data: { name, texts: count, cut, leftOut, validation: validation.count, vocabulary },
    parameters: generatorParameters(checked, vocabulary),
  };
}

/** Trained numbers of a run's generator. */
export function generatorParameters(
  config: TextRunConfig,
  vocabulary: number,
): Record<string, number> {
  return countParameters(likelihoodGame(textGenerator(config, vocabulary), 1, 1).variables);
}
