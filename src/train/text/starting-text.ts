import { generatorScope, likelihoodGame } from "../../adversarial/index.ts";
import type { Tokenizer } from "../../data/text/tokenizer.ts";
import { elementCount } from "../../graph/value.ts";
import type { TextRunConfig } from "../../recipes/text/index.ts";
import { usageError } from "../../util/errors.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { TextRun, textGenerator } from "./text-run.ts";

/** Another run of text with whose weights a new run begins. */
export interface StartingText {
  /** Its folder. */
  readonly run: string;
  /** The iterations that its weights took. */
  readonly step: number;
  /** G's arrays by variable name. */
  readonly weights: Arrays;
  /** What its weights belong to. */
  readonly tokenizer: Tokenizer;
  /** The new run's configuration, with that tokenizer. */
  readonly config: TextRunConfig;
}

/**
 * The newest weights of a run of text and its tokenizer, for a run of `config` to begin with. Throws a usage
 * error where there is no such run, or one whose weights or tokens do not fit, which it names; a
 * checkpoint error where the run has no whole checkpoint.
 */
export function startingText(run: string, config: TextRunConfig): StartingText {
  if (RunFolder.open(run).config.kind !== "text") {
    throw usageError(`${run} is a run of images: a run of text cannot begin with its weights.`);
  }
  const source = new TextRun(run);
  const tokenizer = source.tokenizer();
  const own = source.config.tokenizer;
  if (config.tokenizer && JSON.stringify(config.tokenizer) !== JSON.stringify(own)) {
    throw usageError(
      `the weights of ${run} belong to its tokenizer; leave "tokenizer" as it is there, or begin with new weights (leave --from out).`,
    );
  }
  const { weights, step } = source.weights();
  const { variables } = likelihoodGame(textGenerator(config, tokenizer.vocabulary), 1, 1);
  for (const { name, shape } of variables.under(generatorScope)) {
    const found = weights.get(name)?.length;
    if (found === elementCount(shape)) continue;
    const there = found === undefined ? "is not there" : `has ${found} numbers there`;
    throw usageError(
      `these settings make another generator than that of ${run}: ${name} [${shape}] ${there}; keep the ` +
        "generator's settings, or begin with new weights (leave --from out).",
    );
  }
  return { run, step, weights, tokenizer, config: { ...config, ...(own && { tokenizer: own }) } };
}
