import * as ops from "../../graph/ops/index.ts";
import type { ConvRecipe, ConvSizes } from "./conv-recipe.ts";
import { fusedMatMul } from "./cpu-ops.ts";

/** A kernel as large as the map (4x4 <-> 1x1): a matrix product for each position. */
export function wholeWindowConv(sizes: ConvSizes): ConvRecipe | undefined {
  const { x, w, y, pads, groups } = sizes;
  const whole = x[2] === w[2] && x[3] === w[3] && pads.every((p) => p === 0) && groups === 1;
  if (!whole) return undefined;
  const [batch, channels] = x;
  const positions = x[2] * x[3];
  const maps = [positions, batch, channels];
  const weights = [positions, y[1], channels];
  return {
    forms: { x: "rows", w: "rows", y: "rows" },
    conv: (xs, ws) => {
      const each = fusedMatMul(ops.reshape(xs, maps), ops.reshape(ws, weights), { transB: true });
      const sums = ops.reshape(each, [positions, batch * y[1]]);
      const ones = ops.constant(new Float64Array(positions).fill(1), [1, positions]);
      return ops.reshape(ops.matMul(ones, sums), [1, 1, batch, y[1]]);
    },
    inputGrad: (ys, ws) => {
      const each = ops.matMul(ops.reshape(ys, [1, batch, y[1]]), ops.reshape(ws, weights));
      return ops.reshape(each, [x[2], x[3], batch, channels]);
    },
    weightGrad: (xs, ys) => {
      const each = fusedMatMul(ops.reshape(ys, [1, batch, y[1]]), ops.reshape(xs, maps), {
        transA: true,
      });
      return ops.reshape(each, [w[2], w[3], y[1], channels]);
    },
  };
}
