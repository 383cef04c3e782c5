import type { NdArray } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { graphError, staticDim, type Value } from "../../value.ts";
import { asInt64 } from "../as-int64.ts";

/** Above every probability and every sum of them. */
const huge = 1e30;

/**
 * The smallest number of each row that truncated sampling keeps: p [N,V] >= 0 of any positive sum, `most`
 * i32 [] and `share` [] -> [N,1]. Of the `most` largest numbers (top-k, arXiv 1805.04833) it keeps the
 * fewest, largest first, whose sum reaches `share` of theirs (nucleus, arXiv 1904.09751); equal numbers
 * are kept together. 0 where most >= V and share >= 1: then nothing is sorted.
 * Its gradient goes to the numbers of a row that equal it.
 */
export const leastKept: Op<[p: Value, most: Value, share: Value]> = defineOp(
  {
    name: "leastKept",
    infer: (inputs) => {
      const [p, most, share] = inputs as [Value, Value, Value];
      const scalars = most.shape.length === 0 && share.shape.length === 0;
      const types = p.dtype === "f32" && most.dtype === "i32" && share.dtype === "f32";
      if (p.shape.length !== 2 || !scalars || !types) {
        throw graphError("leastKept", "needs f32 rows, an i32 number and an f32 number", inputs);
      }
      return { shape: [p.shape[0] as Value["shape"][number], 1], dtype: "f32" };
    },
    gradient: ({ ops, grad, output, inputs }) => {
      const p = inputs[0] as Value;
      const apart = ops.cast(ops.greater(p, output), "f32");
      const other = ops.add(apart, ops.cast(ops.greater(output, p), "f32"));
      return [ops.mul(grad, ops.sub(ops.scalar(1), other)), undefined, undefined];
    },
    reference: ([p, most, share]) => {
      const { shape, data } = p as NdArray;
      const [rows, count] = shape as [number, number];
      const [k, wanted] = [most?.data[0] as number, share?.data[0] as number];
      return new Float64Array(rows).map((_, row) => {
        if (k >= count && wanted >= 1) return 0;
        const sorted = data.slice(row * count, (row + 1) * count).sort((a, b) => b - a);
        const list = sorted.subarray(0, Math.max(1, k));
        const enough = wanted >= 1 ? huge : wanted * list.reduce((sum, x) => sum + x, 0);
        let sum = 0;
        let least = list[0] as number;
        for (const x of list) {
          if (sum >= enough) break;
          least = x;
          sum += x;
        }
        return least;
      });
    },
    lower: (emit, inputs, value) => {
      const [p, most, share] = inputs as [string, string, string];
      const count = emit.scalar(staticDim(value.inputs[0] as Value, 1), "i32");
      const one = emit.scalar(1, "i32");
      const sharing = emit.node("Less", [share, emit.scalar(1)]);
      const active = emit.node("Or", [sharing, emit.node("Less", [most, count])]);
      const within = emit.node("Max", [emit.node("Min", [most, count]), one]);
      const wide = asInt64(emit, emit.node("Where", [active, within, one]));
      const k = emit.node("Reshape", [wide, emit.ints([1])]);
      const list = emit.node("TopK", [p, k], { axis: 1, largest: 1, sorted: 1 }, "", 2);
      const before = emit.node("CumSum", [list, one], { exclusive: 1 });
      const total = emit.node("ReduceSum", [list, emit.ints([1])], { keepdims: 1 });
      const wanted = emit.node("Mul", [
        total,
        emit.node("Where", [sharing, share, emit.scalar(huge)]),
      ]);
      const kept = emit.node("Less", [before, wanted]);
      const lowest = emit.node("ReduceMin", [
        emit.node("Where", [kept, list, emit.scalar(huge)]),
        emit.ints([1]),
      ]);
      return emit.stated(emit.node("Where", [active, lowest, emit.scalar(0)]), value);
    },
  },
  (apply, p, most, share) => apply([p, most, share]),
);
