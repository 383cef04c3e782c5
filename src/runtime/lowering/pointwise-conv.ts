import * as ops from "../../graph/ops/index.ts";
import { type ConvRecipe, type ConvSizes, isSquare } from "./conv-recipe.ts";
import { fusedMatMul } from "./cpu-ops.ts";

const fewestChannels = 8;

/** 1x1 kernels at stride 1: one matrix product over all pixels of the batch. */
export function pointwiseConv(sizes: ConvSizes): ConvRecipe | undefined {
  const { x, w, y, strides, pads } = sizes;
  const pointwise = isSquare(sizes) && w[2] === 1 && strides[0] === 1 && pads[0] === 0;
  if (!pointwise || Math.max(x[1], y[1]) < fewestChannels) return undefined;
  const [batch, c, height, width] = x;
  const k = y[1];
  const pixels = height * width * batch;
  return {
    forms: { x: "rows", w: "taps", y: "rows" },
    conv: (xs, ws) => {
      const rows = ops.matMul(ops.reshape(xs, [pixels, c]), ops.reshape(ws, [c, k]));
      return ops.reshape(rows, [height, width, batch, k]);
    },
    inputGrad: (ys, ws) => {
      const rows = fusedMatMul(ops.reshape(ys, [pixels, k]), ops.reshape(ws, [c, k]), {
        transB: true,
      });
      return ops.reshape(rows, [height, width, batch, c]);
    },
    weightGrad: (xs, ys) => {
      const taps = fusedMatMul(ops.reshape(xs, [pixels, c]), ops.reshape(ys, [pixels, k]), {
        transA: true,
      });
      return ops.reshape(taps, [1, 1, c, k]);
    },
  };
}
