import { type Tokenizer, UNKNOWN } from "../../data/text/tokenizer.ts";
import { usageError } from "../../util/errors.ts";

/** How a text is drawn; undefined is the default. */
interface Drawing {
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
}

/** Throws a usage error for a number that does not fit. */
export function checkDrawing<T extends Drawing>(options: T): T {
  const { temperature = 1, topK = 1, topP = 1 } = options;
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw usageError(`temperature must be a number above 0, received ${temperature}.`);
  }
  if (!(Number.isInteger(topK) && topK >= 1 && topK <= mostTokens)) {
    throw usageError(`topK must be a whole number of tokens >= 1, received ${topK}.`);
  }
  if (!(topP > 0 && topP <= 1)) {
    throw usageError(`topP must be a share above 0, at most 1, received ${topP}.`);
  }
  return options;
}

/** As an i32 can hold. */
const mostTokens = 2 ** 31 - 1;

/**
 * The tokens that every text begins with. Throws a usage error where nothing is left to write, or where
 * the prefix has a piece that the vocabulary lacks.
 */
export function prefixTokens(tokenizer: Tokenizer, prefix: string, length: number): number[] {
  const begin = prefix === "" ? [] : tokenizer.encode(prefix);
  if (begin.length >= length) {
    throw usageError(
      `a prefix of ${begin.length} tokens leaves nothing to write, expected fewer than ${length}.`,
    );
  }
  if (begin.includes(UNKNOWN)) {
    throw usageError(`the prefix "${prefix}" has what the run's texts never had.`);
  }
  return begin;
}
