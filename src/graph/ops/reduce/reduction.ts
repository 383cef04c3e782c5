import { type NdArray, sizeOf, stridedOffsets, stridesOf } from "../../nd-array.ts";
import { defineOp, type GradientContext, type Op } from "../../op.ts";
import { type Dim, graphError, type Shape, type Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";

export type ReduceOp = Op<[x: Value, axes?: readonly number[], keepDims?: boolean]>;

/** A reduction over `axes` (all by default; negative ones count from the end). */
export function reduction(spec: {
  readonly name: string;
  readonly onnx: string;
  readonly f: (group: Float64Array) => number;
  readonly gradient: (context: GradientContext) => readonly (Value | undefined)[];
}): ReduceOp {
  return defineOp(
    {
      name: spec.name,
      infer: (inputs, attrs) => {
        requireFloat(spec.name, inputs);
        const shape = reducedShape((inputs[0] as Value).shape, axesOf(attrs));
        const axes = axesOf(attrs);
        return {
          shape: attrs.keepDims ? shape : shape.filter((_, i) => !axes.includes(i)),
          dtype: "f32",
        };
      },
      gradient: spec.gradient,
      reference: ([x], attrs) => {
        const { shape, data } = x as NdArray;
        const axes = axesOf(attrs);
        const strides = stridesOf(shape);
        const pick = (keep: boolean) =>
          shape.map((_, i) => i).filter((i) => axes.includes(i) !== keep);
        const at = (which: number[]) =>
          stridedOffsets(
            which.map((i) => shape[i] as number),
            which.map((i) => strides[i] as number),
          );
        const outer = at(pick(true));
        const inner = at(pick(false));
        const group = new Float64Array(sizeOf(pick(false).map((i) => shape[i] as number)));
        return Float64Array.from(outer, (base) => {
          for (let j = 0; j < group.length; j++)
            group[j] = data[base + (inner[j] as number)] as number;
          return spec.f(group);
        });
      },
      lower: (emit, inputs, value) =>
        emit.node(spec.onnx, [inputs[0] as string, emit.ints(axesOf(value.attrs))], {
          keepdims: value.attrs.keepDims ? 1 : 0,
        }),
    },
    (apply, x, axes, keepDims = false) => {
      const normal = normalAxes(spec.name, x, axes);
      return normal.length === 0 ? x : apply([x], { axes: normal, keepDims });
    },
  );
}

export function normalAxes(op: string, x: Value, axes?: readonly number[]): number[] {
  const rank = x.shape.length;
  const list = axes ?? x.shape.map((_, i) => i);
  const normal = list.map((a) => (a < 0 ? a + rank : a));
  if (normal.some((a) => !(a >= 0 && a < rank)) || new Set(normal).size !== normal.length) {
    throw graphError(op, `axes [${list.join(",")}] do not fit rank ${rank}`, [x]);
  }
  return normal.sort((a, b) => a - b);
}

export function axesOf(attrs: GradientContext["attrs"]): readonly number[] {
  return attrs.axes as readonly number[];
}

/** `shape` with 1 at the reduced axes. */
export function reducedShape(shape: Shape, axes: readonly number[]): Dim[] {
  return shape.map((d, i) => (axes.includes(i) ? 1 : d));
}

/** Spreads a reduction's gradient back over the axes that it reduced. */
export function spread({ ops, inputs, attrs }: GradientContext, grad: Value): Value {
  const x = inputs[0] as Value;
  return ops.broadcastTo(ops.reshape(grad, reducedShape(x.shape, axesOf(attrs))), x.shape);
}
