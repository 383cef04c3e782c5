import { type NdArray, sizeOf } from "../../nd-array.ts";
import { defineOp, type Op } from "../../op.ts";
import { type Dim, graphError, staticDim, type Value } from "../../value.ts";
import { requireFloat } from "../elementwise/elementwise.ts";
import {
  type ConvGeometry,
  type ConvOptions,
  convOutput,
  forEachProduct,
  geometryAttrs,
  geometryOf,
  requireRank4,
  spatial,
} from "./conv-geometry.ts";

/**
 * The transpose of conv in its input, also known as transposed convolution:
 * y [N,K,H',W'], w [K,C/groups,kh,kw] -> [N,C,...inputSize].
 */
export const convInputGrad: Op<
  [y: Value, w: Value, inputSize: readonly [number, number], options?: ConvOptions]
> = defineOp(
  {
    name: "convInputGrad",
    infer: (inputs, attrs) => {
      requireFloat("convInputGrad", inputs);
      requireRank4("convInputGrad", inputs);
      const [y, w] = inputs as [Value, Value];
      const geometry = geometryOf(attrs);
      const size = inputSize(attrs);
      const [oh, ow] = convOutput("convInputGrad", size, spatial(w), geometry);
      if (staticDim(w, 0) !== staticDim(y, 1) || oh !== y.shape[2] || ow !== y.shape[3]) {
        throw graphError(
          "convInputGrad",
          `a ${size.join("x")} result needs [N,${w.shape[0]},${oh},${ow}]`,
          inputs,
        );
      }
      if (staticDim(w, 0) % geometry.groups !== 0) {
        throw graphError(
          "convInputGrad",
          `${geometry.groups} groups do not divide channels`,
          inputs,
        );
      }
      const channels = staticDim(w, 1) * geometry.groups;
      return { shape: [y.shape[0] as Dim, channels, ...size], dtype: "f32" };
    },
    gradient: ({ ops, grad, inputs, attrs, needs }) => {
      const [y, w] = inputs as [Value, Value];
      return [
        needs[0] ? ops.conv(grad, w, geometryOf(attrs)) : undefined,
        needs[1] ? ops.convWeightGrad(grad, y, spatial(w), geometryOf(attrs)) : undefined,
      ];
    },
    reference: ([a, b], attrs, shape) => {
      const [y, w] = [a as NdArray, b as NdArray];
      const out = new Float64Array(sizeOf(shape));
      forEachProduct(geometryOf(attrs), shape, w.shape, y.shape, (i, j, o) => {
        out[i] = (out[i] as number) + (w.data[j] as number) * (y.data[o] as number);
      });
      return out;
    },
    lower: (emit, inputs, value) => {
      const { strides, pads, dilations, groups } = geometryOf(value.attrs);
      return emit.node("ConvTranspose", inputs, {
        strides,
        pads,
        dilations,
        group: groups,
        output_padding: outputPadding(value, geometryOf(value.attrs)),
      });
    },
  },
  (apply, y, w, size, options = {}) =>
    apply([y, w], { ...geometryAttrs(options), inputSize: size }),
);

function inputSize(attrs: Value["attrs"]): [number, number] {
  return attrs.inputSize as unknown as [number, number];
}

/** Rows and columns at the far edge that the strided windows of the forward pass never covered. */
function outputPadding(value: Value, { strides, pads, dilations }: ConvGeometry): number[] {
  const [y, w] = value.inputs as [Value, Value];
  return inputSize(value.attrs).map((size, i) => {
    const axis = i as 0 | 1;
    const covered =
      (staticDim(y, 2 + i) - 1) * strides[axis] + dilations[axis] * (staticDim(w, 2 + i) - 1) + 1;
    return size - (covered - pads[axis] - pads[(axis + 2) as 2 | 3]);
  });
}
