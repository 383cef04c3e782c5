import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { ConvRecipe, ConvSizes, RecipeMaker } from "./conv-recipe.ts";
import { axisIn } from "./forms.ts";

/** Up to so many channels a product with zeros in it is cheaper than several without. */
const densestChannels = 64;

/**
 * Grouped convolutions by a recipe for plain ones: neighbouring groups are taken together, as one
 * convolution whose weight is 0 between them, up to `densestChannels`; more of them are slices of
 * the channels.
 */
export function groupedConv(makers: readonly RecipeMaker[]): RecipeMaker {
  return (sizes) => {
    const { groups, w } = sizes;
    const [k, each] = w;
    if (groups === 1) return undefined;
    const widest = Math.max(each, k / groups);
    let joined = 1;
    for (let m = 2; m <= groups && m * widest <= densestChannels; m++) {
      if (groups % m === 0) joined = m;
    }
    const parts = groups / joined;
    const one = partSizes(sizes, parts, joined * each);
    const recipe = makers.map((make) => make(one)).find(Boolean);
    // Weights of more than one tap that are stored otherwise belong to images and whole windows.
    if (recipe?.forms.w !== "taps") return undefined;
    const dense = joined === 1 ? recipe : joinedGroups(recipe, one, joined);
    return parts === 1 ? dense : separateParts(dense, parts);
  };
}

/** The sizes of one of `parts` plain convolutions, of so many `channels`. */
function partSizes(sizes: ConvSizes, parts: number, channels: number): ConvSizes {
  const [n, , ...pixels] = sizes.x;
  const [k, , ...kernel] = sizes.w;
  const width = k / parts;
  const y = [n, width, sizes.y[2], sizes.y[3]] as const;
  return {
    ...sizes,
    groups: 1,
    x: [n, channels, ...pixels],
    w: [width, channels, ...kernel],
    y,
  };
}

/** `groups` convolutions as a plain one: weights [K,C/groups,kh,kw] stand in zeros of [K,C,kh,kw]. */
function joinedGroups(recipe: ConvRecipe, { w }: ConvSizes, groups: number): ConvRecipe {
  const [k, c, kh, kw] = w;
  const isOwn = (group: number, kernel: number) =>
    Math.floor((kernel * groups) / k) === group ? 1 : 0;
  const own = Float64Array.from({ length: groups * k }, (_, i) => isOwn(Math.floor(i / k), i % k));
  const mask = ops.constant(own, [groups, 1, k]);
  const each = [kh * kw, groups, c / groups, k];
  const spread = (v: Value) => {
    const once = ops.reshape(v, [kh * kw, 1, c / groups, k]);
    return ops.reshape(ops.mul(once, mask), [kh, kw, c, k]);
  };
  return {
    forms: recipe.forms,
    conv: (x, v) => recipe.conv(x, spread(v)),
    inputGrad: (y, v) => recipe.inputGrad(y, spread(v)),
    weightGrad: (x, y) => {
      const masked = ops.mul(ops.reshape(recipe.weightGrad(x, y), each), mask);
      return ops.reshape(ops.reduceSum(masked, [1]), [kh, kw, c / groups, k]);
    },
  };
}

/** The same convolution on each part of the channels. */
function separateParts(recipe: ConvRecipe, parts: number): ConvRecipe {
  const { x, w, y } = recipe.forms;
  // Where the channels of each array lie; a weight is divided by the channels of y.
  const at = { x: axisIn(x, 1), w: axisIn(w, 0), y: axisIn(y, 1) };
  const each = (f: (i: number) => Value, axis: number) =>
    ops.concat(
      Array.from({ length: parts }, (_, i) => f(i)),
      axis,
    );
  const part = (v: Value, axis: number, i: number) => {
    const width = (v.shape[axis] as number) / parts;
    return ops.slice(v, axis, i * width, (i + 1) * width);
  };
  return {
    forms: recipe.forms,
    conv: (a, b) => each((i) => recipe.conv(part(a, at.x, i), part(b, at.w, i)), at.y),
    inputGrad: (a, b) => each((i) => recipe.inputGrad(part(a, at.y, i), part(b, at.w, i)), at.x),
    weightGrad: (a, b) => each((i) => recipe.weightGrad(part(a, at.x, i), part(b, at.y, i)), at.w),
  };
}
