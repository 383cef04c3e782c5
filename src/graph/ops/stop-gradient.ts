import type { NdArray } from "../nd-array.ts";
import { defineOp, type Op } from "../op.ts";
import type { Value } from "../value.ts";

/** x itself; no gradient passes. */
export const stopGradient: Op<[x: Value]> = defineOp(
  {
    name: "stopGradient",
    infer: ([x]) => ({ shape: (x as Value).shape, dtype: (x as Value).dtype }),
    gradient: () => [undefined],
    reference: ([x]) => (x as NdArray).data,
    lower: (_emit, inputs) => inputs[0] as string,
  },
  (apply, x) => apply([x]),
);
