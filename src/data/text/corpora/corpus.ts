import type { z } from "zod";
import type { TokenizerSpec } from "../tokenizer.ts";

/** What a corpus holds. */
export interface Documents {
  /** In the corpus' own order, cleaned (`cleanDocument`); empty ones and doubles may be among them. */
  readonly texts: readonly string[];
  /** sha256 of each file that was read. */
  readonly hashes: readonly string[];
  /** What a message calls the place. */
  readonly where: string;
}

/** A corpus or a format: one file in `corpora/` and one line in `corpora/registry.ts`. */
export interface Corpus {
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** The options beside `name` and `limit`; unknown ones are refused. */
  readonly schema: z.ZodType;
  /** Names of the options that are paths. */
  readonly paths?: readonly string[];
  /** What is taken when the caller names no tokenizer. */
  readonly tokenizer: TokenizerSpec;
  /** `options` have passed `schema`. */
  read(options: unknown): Promise<Documents>;
  /** How a text is shown to people. */
  print(options: unknown, text: string): string;
}

/** Ties a corpus' options to its schema, so that `read` and `print` are typed. */
export function corpus<S extends z.ZodType>(given: {
  readonly name: string;
  readonly summary: string;
  readonly schema: S;
  readonly paths?: readonly string[];
  readonly tokenizer: TokenizerSpec;
  read(options: z.output<S>): Promise<Documents>;
  print?(options: z.output<S>, text: string): string;
}): Corpus {
  return {
    ...given,
    read: (options) => given.read(options as z.output<S>),
    print: (options, text) => given.print?.(options as z.output<S>, text) ?? text,
  };
}
