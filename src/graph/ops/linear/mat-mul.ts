import { broadcastOffsets, type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, type Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";

/** Which operands are read transposed in their last two axes. */
export interface MatMulOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/** Matrix product over the last two axes, leading axes broadcast: [..., M,K] x [..., K,N] -> [..., M,N]. */
export const matMul: Op<[a: Value, b: Value, options?: MatMulOptions]> = defineOp(
  {
    name: "matMul",
    infer: (inputs, attrs) => {
      requireFloat("matMul", inputs);
      const [a, b] = inputs as [Value, Value];
      if (a.shape.length < 2 || b.shape.length < 2) {
        throw graphError("matMul", "operands need at least two axes", inputs);
      }
      const [m, ka] = lastTwo(a.shape, attrs.transA === true);
      const [kb, n] = lastTwo(b.shape, attrs.transB === true);
      if (ka !== kb) throw graphError("matMul", `inner sizes ${ka} and ${kb} differ`, inputs);
      return { shape: [...batchShape(a, b), m, n], dtype: "f32" };
    },
    gradient: ({ ops, grad, inputs, attrs, needs }) => {
      const [a, b] = inputs as [Value, Value];
      const ta = attrs.transA === true;
      const tb = attrs.transB === true;
      const da = () =>
        ta
          ? ops.matMul(b, grad, { transA: tb, transB: true })
          : ops.matMul(grad, b, { transB: !tb });
      const db = () =>
        tb
          ? ops.matMul(grad, a, { transA: true, transB: ta })
          : ops.matMul(a, grad, { transA: !ta });
      return [
        needs[0] ? ops.sumTo(da(), a.shape) : undefined,
        needs[1] ? ops.sumTo(db(), b.shape) : undefined,
      ];
    },
    reference: ([a, b], attrs, shape) => {
      const x = a as NdArray;
      const y = b as NdArray;
      const ta = attrs.transA === true;
      const tb = attrs.transB === true;
      const [m, n] = shape.slice(-2) as [number, number];
      const k = x.shape.at(ta ? -2 : -1) as number;
      const batch = shape.slice(0, -2);
      const ia = broadcastOffsets(x.shape.slice(0, -2), batch);
      const ib = broadcastOffsets(y.shape.slice(0, -2), batch);
      const out = new Float64Array(sizeOf(shape));
      const [rowA, colA] = ta ? [1, m] : [k, 1];
      const [rowB, colB] = tb ? [1, k] : [n, 1];
      for (let s = 0; s < ia.length; s++) {
        const baseA = (ia[s] as number) * m * k;
        const baseB = (ib[s] as number) * k * n;
        for (let i = 0; i < m; i++) {
          for (let l = 0; l < k; l++) {
            const v = x.data[baseA + i * rowA + l * colA] as number;
            const to = (s * m + i) * n;
            for (let j = 0; j < n; j++) {
              out[to + j] =
                (out[to + j] as number) + v * (y.data[baseB + l * rowB + j * colB] as number);
            }
          }
        }
      }
      return out;
    },
    lower: (emit, inputs, value) => {
      const ta = value.attrs.transA === true;
      const tb = value.attrs.transB === true;
      const [a, b] = value.inputs as [Value, Value];
      if (!ta && !tb) return emit.node("MatMul", inputs);
      if (a.shape.length === 2 && b.shape.length === 2) {
        return emit.node("Gemm", inputs, { transA: ta ? 1 : 0, transB: tb ? 1 : 0 });
      }
      const flip = (name: string, v: Value, on: boolean) =>
        on ? emit.node("Transpose", [name], { perm: swapLastTwo(v.shape.length) }) : name;
      return emit.node("MatMul", [
        flip(inputs[0] as string, a, ta),
        flip(inputs[1] as string, b, tb),
      ]);
    },
  },
  (apply, a, b, options = {}) =>
    apply([a, b], { transA: options.transA ?? false, transB: options.transB ?? false }),
);

function lastTwo(shape: readonly Dim[], flipped: boolean): [Dim, Dim] {
  const [m, n] = shape.slice(-2) as [Dim, Dim];
  return flipped ? [n, m] : [m, n];
}

function swapLastTwo(rank: number): number[] {
  const order = Array.from({ length: rank }, (_, i) => i);
  return [...order.slice(0, -2), rank - 1, rank - 2];
}

function batchShape(a: Value, b: Value): Dim[] {
  const [x, y] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [long, short] = x.length >= y.length ? [x, y] : [y, x];
  const lead = long.length - short.length;
  return long.map((d, i) => {
    const other = i < lead ? 1 : (short[i - lead] as Dim);
    if (d !== other && d !== 1 && other !== 1) {
      throw graphError("matMul", "leading axes do not broadcast", [a, b]);
    }
    return d === 1 ? other : d;
  });
}
