import { type SequenceGenerator, sequenceSamplerGraph } from "../../adversarial/index.ts";
import type { Tokenizer } from "../../data/text/tokenizer.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { boundModel } from "../export/bound-model.ts";
import type { Arrays } from "../loop/weighted-session.ts";

/** A generator of text with all that writing takes. */
export interface WritingGenerator {
  readonly generator: SequenceGenerator;
  readonly weights: Arrays;
  readonly tokenizer: Tokenizer;
  /** Tokens that are never drawn. */
  readonly never: readonly number[];
}

/**
 * The sampler as a model of its own, as `exportText` describes it. Throws a checkpoint error where an array
 * is missing.
 */
export function textModel(
  { generator, weights, tokenizer, never }: WritingGenerator,
  how: { readonly truncated?: boolean; readonly metadata: Readonly<Record<string, string>> },
): OnnxModel {
  const { graph, variables } = sequenceSamplerGraph(generator, {
    ...{ prefixed: true, never, truncated: how.truncated ?? false },
  });
  const { length, noise } = generator;
  const { recipe = "text" } = how.metadata;
  const from = noise === undefined ? "" : `, z [N,${noise}] from N(0,1)`;
  return boundModel(graph, variables, weights, {
    docString: `Generator of ${recipe}: uniform [${length},N] in [0, 1)${from} -> tokens [${length},N].`,
    metadata: {
      ...how.metadata,
      ...{ length: String(length), tokenizer: JSON.stringify(tokenizer.json) },
    },
  });
}
