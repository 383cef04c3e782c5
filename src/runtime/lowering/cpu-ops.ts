import { defineOp, type Op } from "../../graph/op.ts";
import { leakyMask, matMul } from "../../graph/ops/index.ts";
import type { MatMulOptions } from "../../graph/ops/linear/mat-mul.ts";
import type { Value } from "../../graph/value.ts";

/** matMul whose flips ONNX Runtime's CPU provider does while it packs the operands. */
export const fusedMatMul: Op<[a: Value, b: Value, options?: MatMulOptions]> = defineOp(
  {
    ...matMul.rule,
    name: "fusedMatMul",
    lower: (emit, inputs, value) =>
      emit.node(
        "FusedMatMul",
        inputs,
        { transA: value.attrs.transA ? 1 : 0, transB: value.attrs.transB ? 1 : 0 },
        "com.microsoft",
      ),
  },
  (apply, a, b, { transA = false, transB = false } = {}) =>
    transA || transB ? apply([a, b], { transA, transB }) : matMul(a, b),
);

/** leakyMask of slope 0 as one pass over memory: a sigmoid so steep that it is a step. */
export const stepMask: Op<[x: Value]> = defineOp(
  {
    ...leakyMask.rule,
    name: "stepMask",
    lower: (emit, inputs) =>
      emit.node("HardSigmoid", inputs, { alpha: { float: 1e30 }, beta: { float: 0 } }),
  },
  (apply, x) => apply([x], { slope: 0 }),
);
