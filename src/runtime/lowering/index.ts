import * as ops from "../../graph/ops/index.ts";
import { simplify } from "../../graph/passes/index.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";
import { linearReductions } from "./linear-reductions.ts";
import { lowerConvolutions } from "./lower-convolutions.ts";

/**
 * The pass that suits ONNX Runtime's CPU provider. Convolutions change form only in graphs that also
 * compute weight gradients: there a weight's transforms are shared, and its storage can follow them.
 */
export function lowerForCpu(outputs: readonly Value[]): Value[] {
  if (!topologicalOrder(outputs).some((v) => v.rule === ops.convWeightGrad.rule))
    return [...outputs];
  return lowerConvolutions(simplify(linearReductions(outputs)));
}
