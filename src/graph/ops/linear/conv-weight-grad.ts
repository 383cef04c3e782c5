import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Emitter, type Op } from "../../op.ts";
import { graphError, staticDim, type Value } from "../../value.ts";
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

/** The transpose of conv in its weight: x [N,C,H,W], y [N,K,H',W'] -> [K,C/groups,...kernel]. */
export const convWeightGrad: Op<
  [x: Value, y: Value, kernel: readonly [number, number], options?: ConvOptions]
> = defineOp(
  {
    name: "convWeightGrad",
    infer: (inputs, attrs) => {
      requireFloat("convWeightGrad", inputs);
      requireRank4("convWeightGrad", inputs);
      const [x, y] = inputs as [Value, Value];
      const geometry = geometryOf(attrs);
      const kernel = kernelOf(attrs);
      const [oh, ow] = convOutput("convWeightGrad", spatial(x), kernel, geometry);
      if (oh !== y.shape[2] || ow !== y.shape[3] || x.shape[0] !== y.shape[0]) {
        throw graphError("convWeightGrad", `expected y [${x.shape[0]},K,${oh},${ow}]`, inputs);
      }
      const [k, c] = [staticDim(y, 1), staticDim(x, 1)];
      if (k % geometry.groups !== 0 || c % geometry.groups !== 0) {
        throw graphError(
          "convWeightGrad",
          `${geometry.groups} groups do not divide channels`,
          inputs,
        );
      }
      return {
        shape: [k, c / geometry.groups, ...kernel],
        dtype: "f32",
      };
    },
    gradient: ({ ops, grad, inputs, attrs, needs }) => {
      const [x, y] = inputs as [Value, Value];
      return [
        needs[0] ? ops.convInputGrad(y, grad, spatial(x), geometryOf(attrs)) : undefined,
        needs[1] ? ops.conv(x, grad, geometryOf(attrs)) : undefined,
      ];
    },
    reference: ([a, b], attrs, shape) => {
      const [x, y] = [a as NdArray, b as NdArray];
      const out = new Float64Array(sizeOf(shape));
      forEachProduct(geometryOf(attrs), x.shape, shape, y.shape, (i, j, o) => {
        out[j] = (out[j] as number) + (x.data[i] as number) * (y.data[o] as number);
      });
      return out;
    },
    lower: lowerAsConv,
  },
  (apply, x, y, kernel, options = {}) => apply([x, y], { ...geometryAttrs(options), kernel }),
);

function kernelOf(attrs: Value["attrs"]): [number, number] {
  return attrs.kernel as unknown as [number, number];
}

/**
 * A convolution whose "channels" are the batch: x as [C,G*N,H,W], y as kernels [K,N,H',W'], stride
 * and dilation exchanged. Trailing taps that a stride left over are cut off.
 */
function lowerAsConv(emit: Emitter, inputs: readonly string[], value: Value): string {
  const { strides, pads, dilations, groups } = geometryOf(value.attrs);
  const [x, y] = value.inputs as [Value, Value];
  const [n, c] = [staticDim(x, 0), staticDim(x, 1)];
  const [h, w] = spatial(x);
  const [kh, kw] = kernelOf(value.attrs);
  let columns = inputs[0] as string;
  if (groups === 1) {
    columns = emit.node("Transpose", [columns], { perm: [1, 0, 2, 3] });
  } else {
    const split = emit.node("Reshape", [columns, emit.ints([n, groups, c / groups, h, w])]);
    const moved = emit.node("Transpose", [split], { perm: [2, 1, 0, 3, 4] });
    columns = emit.node("Reshape", [moved, emit.ints([c / groups, groups * n, h, w])]);
  }
  const kernels = emit.node("Transpose", [inputs[1] as string], { perm: [1, 0, 2, 3] });
  const full = emit.node("Conv", [columns, kernels], {
    strides: dilations,
    dilations: strides,
    pads,
    group: groups,
  });
  const taps = (size: number, out: number, axis: 0 | 1) =>
    Math.floor(
      (size + pads[axis] + pads[(axis + 2) as 2 | 3] - strides[axis] * (out - 1) - 1) /
        dilations[axis],
    ) + 1;
  const [oh, ow] = spatial(y);
  const needsCut = taps(h, oh, 0) !== kh || taps(w, ow, 1) !== kw;
  const cut = needsCut
    ? emit.node("Slice", [full, emit.ints([0, 0]), emit.ints([kh, kw]), emit.ints([2, 3])])
    : full;
  return emit.node("Transpose", [cut], { perm: [1, 0, 2, 3] });
}
