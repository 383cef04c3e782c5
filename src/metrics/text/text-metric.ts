import type { Split } from "../../data/image-dataset.ts";
import type { Measurement } from "../metric.ts";
import type { LanguageModels } from "./language-model.ts";

/** What a text metric is computed from. */
export interface TextMetricContext<T> {
  /** The texts that are judged. */
  readonly samples: readonly T[];
  /** Real texts that were not trained on. */
  readonly references: readonly T[];
  readonly train: readonly T[];
  /** For metrics that ask a language model. */
  readonly languageModels?: LanguageModels<T>;
}

/** A metric of texts (token ids) or of poems (lines): one file, and one line in `registry.ts`. */
export interface TextMetric<T> {
  readonly name: string;
  /** One line for lists of metrics. */
  readonly summary: string;
  readonly higherIsBetter: boolean;
  readonly needs: readonly (keyof TextMetricContext<T>)[];
  /**
   * The floor is the same score of as many real texts of this split: held-out ones, save where those
   * are what the samples are compared with.
   */
  readonly floorFrom: Split;
  /** How the figure is made, in a few words; figures of different protocols are not compared. */
  readonly protocol: string;
  /** How many texts it is computed from, where that is not left to who asks; fewer where there are fewer. */
  readonly texts?: number;
  /** It takes minutes, so it is computed where it is asked for by its name. */
  readonly byName?: true;
  compute(context: TextMetricContext<T>): Measurement | Promise<Measurement>;
}
