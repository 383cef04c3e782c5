import { defineOp, type Op, type OpRule } from "../op.ts";
import { type DType, graphError, makeValue, type Shape, type Value } from "../value.ts";

/** Where a leaf's content comes from when the graph runs. */
export type LeafRole =
  | { readonly kind: "parameter" }
  /** Carried from step to step but not trained: running statistics, power-iteration vectors. */
  | { readonly kind: "state" }
  /** Given from outside: a batch, labels. */
  | { readonly kind: "data" }
  /** Fresh random numbers, drawn by the runtime from the run's seed. */
  | { readonly kind: "noise"; readonly distribution: "normal" | "uniform" }
  /** A number [] that changes over training, by the thousands of real samples seen. */
  | { readonly kind: "schedule"; readonly at: (kimg: number) => number }
  /** Made by an earlier phase of the same step and handed on. */
  | { readonly kind: "carried" };

const leafRule: OpRule = {
  name: "leaf",
  infer: (_inputs, attrs) => ({ shape: attrs.shape as Shape, dtype: attrs.dtype as DType }),
  reference: (_inputs, attrs) => {
    throw graphError("leaf", `"${attrs.name}" was not fed`);
  },
  lower: (_emit, _inputs, value) => {
    throw graphError("leaf", `"${value.attrs.name}" is not among the graph's inputs`);
  },
};

const roles = new WeakMap<Value, LeafRole>();

/** A named input of the graph. */
export function leaf(name: string, shape: Shape, role: LeafRole, dtype: DType = "f32"): Value {
  for (const d of shape) {
    if (typeof d === "number" && !(Number.isInteger(d) && d >= 0)) {
      throw graphError("leaf", `"${name}" needs whole sizes, received [${shape.join(",")}]`);
    }
  }
  const value = makeValue(leafRule, [], { name, shape, dtype });
  roles.set(value, role);
  return value;
}

export function isLeaf(value: Value): boolean {
  return value.rule === leafRule;
}

export function leafName(value: Value): string {
  return value.attrs.name as string;
}

export function leafRole(value: Value): LeafRole {
  const role = roles.get(value);
  if (!role) throw graphError("leaf", "this value is not a leaf", [value]);
  return role;
}

/** A constant array, row-major. */
export const constant: Op<
  [data: Float64Array | Int32Array | readonly number[], shape: readonly number[], dtype?: DType]
> = defineOp(
  {
    name: "constant",
    infer: (_inputs, attrs) => {
      const shape = attrs.shape as readonly number[];
      const data = attrs.data as Float64Array | Int32Array;
      if (shape.reduce((n, d) => n * d, 1) !== data.length) {
        throw graphError("constant", `${data.length} numbers do not fill [${shape.join(",")}]`);
      }
      return { shape, dtype: attrs.dtype as DType };
    },
    reference: (_inputs, attrs) => Float64Array.from(attrs.data as Float64Array | Int32Array),
    lower: (emit, _inputs, value) => {
      const data = value.attrs.data as Float64Array | Int32Array;
      const dims = value.shape as readonly number[];
      if (value.dtype === "i32") return emit.constant(Int32Array.from(data), dims);
      return emit.constant(
        value.dtype === "f32" ? Float32Array.from(data) : Uint8Array.from(data),
        dims,
      );
    },
  },
  (apply, data, shape, dtype) => {
    const kind = dtype ?? (data instanceof Int32Array ? "i32" : "f32");
    return apply([], {
      data: Array.isArray(data) ? Float64Array.from(data) : (data as Float64Array | Int32Array),
      shape,
      dtype: kind,
    });
  },
);

/** A constant number of shape []. */
export function scalar(x: number): Value {
  return constant([x], []);
}

/** The constant's data, or undefined for any other value. */
export function constantData(value: Value): Float64Array | Int32Array | undefined {
  return value.rule === constant.rule ? (value.attrs.data as Float64Array | Int32Array) : undefined;
}
