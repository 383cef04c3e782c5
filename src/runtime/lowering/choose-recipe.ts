import * as ops from "../../graph/ops/index.ts";
import { geometryOf } from "../../graph/ops/linear/conv-geometry.ts";
import type { Value } from "../../graph/value.ts";
import type { ConvRecipe, ConvSizes, RecipeMaker } from "./conv-recipe.ts";
import { fewChannelsConv } from "./few-channels-conv.ts";
import { groupedConv } from "./grouped-conv.ts";
import { pointwiseConv } from "./pointwise-conv.ts";
import { wholeWindowConv } from "./whole-window-conv.ts";
import { winogradConv } from "./winograd-conv.ts";

/** In order of preference; what none of them takes stays as it is. */
const plain: readonly RecipeMaker[] = [
  wholeWindowConv,
  fewChannelsConv,
  pointwiseConv,
  winogradConv,
];
const makers = [...plain, groupedConv(plain)];

type Four = readonly [number, number, number, number];

/** The shapes of x, w and y, whichever of them the op computes. */
export function convSizes(v: Value): ConvSizes | undefined {
  const shapes = v.inputs.map((i) => i.shape);
  const byRule = new Map<unknown, readonly unknown[]>([
    [ops.conv.rule, [shapes[0], shapes[1], v.shape]],
    [ops.convInputGrad.rule, [v.shape, shapes[1], shapes[0]]],
    [ops.convWeightGrad.rule, [shapes[0], v.shape, shapes[1]]],
  ]);
  const known = byRule.get(v.rule);
  if (!known) return undefined;
  const [x, w, y] = known as readonly [Four, Four, Four];
  return { ...geometryOf(v.attrs), x, w, y };
}

/** Gives equal convolutions the same recipe, so that what they share is found to be the same. */
export function recipeChooser(): (v: Value) => ConvRecipe | undefined {
  const known = new Map<string, ConvRecipe | undefined>();
  return (v) => {
    const sizes = convSizes(v);
    if (!sizes) return undefined;
    const { x, w, y, strides, pads, dilations, groups } = sizes;
    const key = JSON.stringify([x, w, y, strides, pads, dilations, groups]);
    if (!known.has(key)) known.set(key, makers.map((make) => make(sizes)).find(Boolean));
    return known.get(key);
  };
}
