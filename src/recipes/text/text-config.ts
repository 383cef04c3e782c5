import { z } from "zod";
import { sequenceGeneratorSchema } from "../../models/index.ts";
import { checkedConfiguration } from "../describe-issues.ts";

const named = z.looseObject({ name: z.string().min(1) });

/** Everything that a run of a generator of text is made of: plain JSON. */
export const textConfigSchema = z.strictObject({
  kind: z.literal("text"),
  recipe: z.string().min(1),
  /** A corpus by name, with its options. */
  data: named,
  /** What cuts text into tokens; the corpus has one by default. */
  tokenizer: z.looseObject({ kind: z.string().min(1) }).optional(),
  /** Tokens of a sequence; longer texts are cut. */
  length: z.int().min(1).max(512),
  /** All texts have `length` tokens: none ends before. */
  fixedLength: z.boolean().default(false),
  /** A network that writes sequences, by name. */
  generator: sequenceGeneratorSchema,
  /** One after another; what one leaves, the next begins with. */
  stages: z
    .array(
      z.strictObject({
        method: named,
        iterations: z.int().min(1).max(1_000_000),
        patience: z.int().min(1).optional(),
      }),
    )
    .min(1),
  /** Ends it before its stages do, at the first of these that is reached. */
  end: z
    .strictObject({
      /** Iterations of all stages. */
      steps: z.int().min(1).optional(),
      /** Thousands of real texts shown. */
      kimg: z.number().positive().optional(),
      minutes: z.number().positive().optional(),
    })
    .optional(),
  seed: z.int().min(0),
  backend: z.enum(["auto", "cpu", "webgpu", "cuda", "reference"]).default("cpu"),
  threads: z.int().min(1).max(1024).optional(),
  /** Real texts by which weights are judged after each iteration, at most. */
  validation: z.int().min(1).default(1000),
  /** Seconds between checkpoints; the end of training always makes one. */
  checkpointEverySeconds: z.number().min(0).default(30),
  keepCheckpoints: z.int().min(1).default(3),
  /** Texts that are shown as training goes on. */
  samples: z.int().min(1).max(1000).default(8),
  /** What is measured at the end; `auto` is all that suits the texts, an empty list nothing. */
  metrics: z.union([z.literal("auto"), z.array(z.string())]).default("auto"),
  /** Generated texts that are judged. */
  evalSamples: z.int().min(1).default(500),
});

export type TextRunConfig = z.output<typeof textConfigSchema>;

/** Checks a whole configuration; throws a usage error that names the value that does not fit. */
export function checkTextConfig(value: unknown): TextRunConfig {
  return checkedConfiguration(textConfigSchema, value);
}
