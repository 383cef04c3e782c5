import type { ConvGeometry } from "../../graph/ops/linear/conv-geometry.ts";
import type { Value } from "../../graph/value.ts";
import type { Form } from "./forms.ts";

/** A convolution's sizes: x [N,C,H,W], w [K,C/groups,kh,kw], y [N,K,H',W']. */
export interface ConvSizes extends ConvGeometry {
  readonly x: readonly [number, number, number, number];
  readonly w: readonly [number, number, number, number];
  readonly y: readonly [number, number, number, number];
}

/** The three linear maps of one convolution, on arrays in the recipe's own forms. */
export interface ConvRecipe {
  readonly forms: { readonly x: Form; readonly w: Form; readonly y: Form };
  conv(x: Value, w: Value): Value;
  inputGrad(y: Value, w: Value): Value;
  weightGrad(x: Value, y: Value): Value;
}

/** A way to run some convolutions; undefined where it does not suit the sizes. */
export type RecipeMaker = (sizes: ConvSizes) => ConvRecipe | undefined;

/** Whether both spatial axes have the same sizes, and the window is the plain one. */
export function isSquare({ x, w, strides, pads, dilations, groups }: ConvSizes): boolean {
  return (
    groups === 1 &&
    x[2] === x[3] &&
    w[2] === w[3] &&
    strides[0] === strides[1] &&
    pads.every((p) => p === pads[0]) &&
    dilations.every((d) => d === 1)
  );
}
