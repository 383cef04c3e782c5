import { broadcastOffsets, type NdArray } from "../../nd-array.ts";
import { defineOp, type GradientContext, type Op, type OpRule } from "../../op.ts";
import { type Dim, formatShape, graphError, type Shape, type Value } from "../../value.ts";

/** What an elementwise op of `arity` inputs has to say; broadcasting is shared. */
interface ElementwiseSpec {
  readonly name: string;
  readonly onnx: string;
  readonly gradient?: (context: GradientContext) => readonly (Value | undefined)[];
  readonly simplify?: NonNullable<OpRule["simplify"]>;
  /** Comparison ops give bool. */
  readonly result?: "bool";
  /** Another lowering than the ONNX node of the same meaning. */
  readonly lower?: OpRule["lower"];
}

export type UnaryOp = Op<[x: Value]>;
export type BinaryOp = Op<[a: Value, b: Value]>;

/** f(x), elementwise, one ONNX node. */
export function unary(spec: ElementwiseSpec & { readonly f: (x: number) => number }): UnaryOp {
  const rule: OpRule = {
    name: spec.name,
    elementwise: true,
    infer: (inputs) => {
      requireFloat(spec.name, inputs);
      return { shape: (inputs[0] as Value).shape, dtype: "f32" };
    },
    ...(spec.gradient && { gradient: spec.gradient }),
    ...(spec.simplify && { simplify: spec.simplify }),
    reference: ([x]) => (x as NdArray).data.map(spec.f),
    lower: (emit, inputs) => emit.node(spec.onnx, inputs),
  };
  return defineOp(rule, (apply, x) => apply([x]));
}

/** f(a, b) with NumPy broadcasting, one ONNX node. Gradients are summed back to the inputs' shapes. */
export function binary(
  spec: ElementwiseSpec & { readonly f: (a: number, b: number) => number },
): BinaryOp {
  const { gradient } = spec;
  const rule: OpRule = {
    name: spec.name,
    elementwise: true,
    infer: (inputs) => {
      requireFloat(spec.name, inputs);
      const [a, b] = inputs as [Value, Value];
      return { shape: broadcastShapes(spec.name, [a, b]), dtype: spec.result ?? "f32" };
    },
    ...(gradient && {
      gradient: (context: GradientContext) =>
        gradient(context).map(
          (g, i) => g && context.ops.sumTo(g, (context.inputs[i] as Value).shape),
        ),
    }),
    ...(spec.simplify && { simplify: spec.simplify }),
    reference: ([a, b], _attrs, shape) => {
      const ia = broadcastOffsets((a as NdArray).shape, shape);
      const ib = broadcastOffsets((b as NdArray).shape, shape);
      const { data: da } = a as NdArray;
      const { data: db } = b as NdArray;
      const out = new Float64Array(ia.length);
      for (let i = 0; i < out.length; i++) {
        out[i] = spec.f(da[ia[i] as number] as number, db[ib[i] as number] as number);
      }
      return out;
    },
    lower: spec.lower ?? ((emit, inputs) => emit.node(spec.onnx, inputs)),
  };
  return defineOp(rule, (apply, a, b) => apply([a, b]));
}

/** The shape that all inputs broadcast to. */
export function broadcastShapes(op: string, inputs: readonly Value[]): Shape {
  const rank = Math.max(...inputs.map((v) => v.shape.length));
  const out: Dim[] = new Array(rank).fill(1);
  for (const v of inputs) {
    const lead = rank - v.shape.length;
    v.shape.forEach((d, i) => {
      const at = lead + i;
      if (d === 1) return;
      if (out[at] !== 1 && out[at] !== d) {
        throw graphError(
          op,
          `shapes ${inputs.map((x) => formatShape(x.shape)).join(" and ")} do not broadcast`,
        );
      }
      out[at] = d;
    });
  }
  return out;
}

export function requireFloat(op: string, inputs: readonly Value[]): void {
  for (const v of inputs) {
    if (v.dtype !== "f32") throw graphError(op, `expected f32 inputs, received ${v.dtype}`, inputs);
  }
}
