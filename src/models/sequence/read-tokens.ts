import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";

/** What a generator reads to write `tokens` i32 [T,N]: the start, then each token but the last. */
export function readTokens(tokens: Value, start: number): Value {
  const [length, batch] = [staticDim(tokens, 0), staticDim(tokens, 1)];
  const first = ops.constant(new Int32Array(batch).fill(start), [1, batch]);
  return length === 1 ? first : ops.concat([first, ops.slice(tokens, 0, 0, length - 1)], 0);
}
