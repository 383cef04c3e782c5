import { usageError } from "../../util/errors.ts";
import type { TextMetricContext } from "./text-metric.ts";

/** Something that foretells each token of a text from those before it. */
export interface LanguageModel<T> {
  /** Mean of -log p(token | tokens before it), nats a token, the end counted, unknown words not. */
  nll(texts: readonly T[]): Promise<number>;
  /** What it remembers of each text, [n, width]. */
  features(texts: readonly T[]): Promise<Float32Array>;
  /** Numbers that it remembers of a text. */
  readonly width: number;
}

/** Language models of one recipe, so that figures differ by what was learned and by nothing else. */
export interface LanguageModels<T> {
  /** The one that learned real texts which no judged generator learned from. */
  judge(): Promise<LanguageModel<T>>;
  /** One that learns these texts from its beginning. */
  learn(texts: readonly T[]): Promise<LanguageModel<T>>;
}

/** Throws a usage error where a metric is asked for without language models. */
export function modelsOf<T>(
  what: string,
  { languageModels }: TextMetricContext<T>,
): LanguageModels<T> {
  if (languageModels) return languageModels;
  throw usageError(`${what}: needs language models in its context, received none.`);
}
