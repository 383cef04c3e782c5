import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, staticDim, type Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";
import {
  type ConvOptions,
  convOutput,
  forEachProduct,
  geometryAttrs,
  geometryOf,
  requireRank4,
  spatial,
} from "./conv-geometry.ts";

/**
 * 2-D convolution (cross-correlation): x [N,C,H,W], w [K,C/groups,kh,kw] -> [N,K,H',W'].
 * With convInputGrad and convWeightGrad it is closed under differentiation: each is linear in both
 * operands, and every gradient of one is another of the three.
 */
export const conv: Op<[x: Value, w: Value, options?: ConvOptions]> = defineOp(
  {
    name: "conv",
    infer: (inputs, attrs) => {
      requireFloat("conv", inputs);
      requireRank4("conv", inputs);
      const [x, w] = inputs as [Value, Value];
      const geometry = geometryOf(attrs);
      const channels = staticDim(x, 1);
      const [k, expected] = [staticDim(w, 0), staticDim(w, 1) * geometry.groups];
      if (channels !== expected || k % geometry.groups !== 0) {
        throw graphError(
          "conv",
          `weight takes ${expected} input channels, x has ${channels}`,
          inputs,
        );
      }
      const [oh, ow] = convOutput("conv", spatial(x), spatial(w), geometry);
      return { shape: [x.shape[0] as Dim, k, oh, ow], dtype: "f32" };
    },
    gradient: ({ ops, grad, inputs, attrs, needs }) => {
      const [x, w] = inputs as [Value, Value];
      return [
        needs[0] ? ops.convInputGrad(grad, w, spatial(x), geometryOf(attrs)) : undefined,
        needs[1] ? ops.convWeightGrad(x, grad, spatial(w), geometryOf(attrs)) : undefined,
      ];
    },
    reference: ([a, b], attrs, shape) => {
      const [x, w] = [a as NdArray, b as NdArray];
      const out = new Float64Array(sizeOf(shape));
      forEachProduct(geometryOf(attrs), x.shape, w.shape, shape, (i, j, o) => {
        out[o] = (out[o] as number) + (x.data[i] as number) * (w.data[j] as number);
      });
      return out;
    },
    lower: (emit, inputs, value) => {
      const { strides, pads, dilations, groups } = geometryOf(value.attrs);
      return emit.node("Conv", inputs, { strides, pads, dilations, group: groups });
    },
  },
  (apply, x, w, options = {}) => apply([x, w], geometryAttrs(options)),
);
