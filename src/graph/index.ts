/** Graphs: typed symbolic values, ops, gradients, passes and the f64 reference interpreter. */
export { gradients } from "./gradients.ts";
export { interpret } from "./interpret.ts";
export type { NdArray } from "./nd-array.ts";
export { defineOp, type Emitter, type GradientContext, type Op, type OpRule } from "./op.ts";
export * from "./ops/index.ts";
export { isLeaf, type LeafRole, leafName, leafRole } from "./ops/leaf.ts";
export { simplify } from "./passes/index.ts";
export {
  type Attrs,
  type Dim,
  type DType,
  formatShape,
  graphError,
  type Shape,
  topologicalOrder,
  type Value,
  withPath,
} from "./value.ts";
