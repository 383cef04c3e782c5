import * as ops from "../../graph/ops/index.ts";
import { withInputs } from "../../graph/rewrite.ts";
import { isStatic, makeValue, topologicalOrder, type Value, withPath } from "../../graph/value.ts";
import { recipeChooser } from "./choose-recipe.ts";
import type { ConvRecipe } from "./conv-recipe.ts";
import { stepMask } from "./cpu-ops.ts";
import { axisIn, type Form, FormTable, isFree, sizesIn } from "./forms.ts";
import { spatialMatMul } from "./spatial-mat-mul.ts";

type Sizes = readonly number[];
/** Makes the value in some form, or leaves it to the general rule. */
type Handler = (v: Value, table: FormTable) => boolean;

const convolutions = new Map<unknown, (recipe: ConvRecipe, v: Value, table: FormTable) => void>([
  [
    ops.conv.rule,
    (recipe, v, table) => {
      const [x, w] = v.inputs as [Value, Value];
      const { forms } = recipe;
      table.set(v, forms.y, recipe.conv(table.get(x, forms.x), table.get(w, forms.w)));
    },
  ],
  [
    ops.convInputGrad.rule,
    (recipe, v, table) => {
      const [y, w] = v.inputs as [Value, Value];
      const { forms } = recipe;
      table.set(v, forms.x, recipe.inputGrad(table.get(y, forms.y), table.get(w, forms.w)));
    },
  ],
  [
    ops.convWeightGrad.rule,
    (recipe, v, table) => {
      const [x, y] = v.inputs as [Value, Value];
      const { forms } = recipe;
      table.set(v, forms.w, recipe.weightGrad(table.get(x, forms.x), table.get(y, forms.y)));
    },
  ],
]);

const handlers = new Map<unknown, Handler>([
  [ops.reduceSum.rule, reduce],
  [ops.reduceMean.rule, reduce],
  [ops.reduceMax.rule, reduce],
  [ops.concat.rule, alongAxis],
  [ops.slice.rule, alongAxis],
  [ops.pad.rule, alongAxis],
  [ops.broadcastTo.rule, broadcast],
  [ops.matMul.rule, spatialMatMul],
]);

/**
 * Rebuilds the graph with convolutions as matrix products in the forms of their recipes; what stands
 * between them follows, and arrays change form only where it must be.
 */
export function lowerConvolutions(outputs: readonly Value[]): Value[] {
  const order = topologicalOrder(outputs);
  const table = new FormTable();
  const choose = recipeChooser();
  for (const v of order) {
    withPath(v.path, () => {
      const run = convolutions.get(v.rule);
      const recipe = run && isStatic(v.shape) ? choose(v) : undefined;
      if (run && recipe) return run(recipe, v, table);
      if (isStatic(v.shape) && v.shape.length === 4 && follow(v, table)) return;
      if (handlers.get(v.rule)?.(v, table)) return;
      const inputs = v.inputs.map((i) => table.get(i, "plain"));
      table.set(v, "plain", withMask(withInputs(v, inputs)));
    });
  }
  return outputs.map((v) => table.get(v, "plain"));
}

/** Elementwise ops work in any form: they take that of their largest operand. */
function follow(v: Value, table: FormTable): boolean {
  if (!v.rule.elementwise && v.rule !== ops.stopGradient.rule) return false;
  const form = leadingForm(v.inputs, table);
  if (form === "plain") return false;
  const inputs = v.inputs.map((i) => table.operand(i, form));
  table.set(v, form, withMask(makeValue(v.rule, inputs, v.attrs)));
  return true;
}

function withMask(v: Value): Value {
  const isStep = v.rule === ops.leakyMask.rule && v.attrs.slope === 0;
  return isStep ? stepMask(v.inputs[0] as Value) : v;
}

function leadingForm(inputs: readonly Value[], table: FormTable): Form {
  let form: Form = "plain";
  let most = 0;
  for (const i of inputs) {
    const native = table.native(i);
    const count = (i.shape as Sizes).reduce((n, d) => n * d, 1);
    if (native !== "plain" && count > most) [form, most] = [native, count];
  }
  return form;
}

/** Reductions over the outermost axes are products with ones, which all threads share. */
function reduce(v: Value, table: FormTable): boolean {
  const x = v.inputs[0] as Value;
  if (x.shape.length !== 4 || !isStatic(x.shape)) return false;
  const form = table.native(x);
  if (form === "plain") return false;
  const axes = v.attrs.axes as readonly number[];
  const reduced = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  if (!v.attrs.keepDims && !isFree(reduced, form, "plain")) return false;
  const places = axes.map((a) => axisIn(form, a)).sort((a, b) => a - b);
  const value = table.get(x, form);
  const sizes = sizesIn(form, reduced);
  const result =
    v.rule === ops.reduceMax.rule
      ? ops.reduceMax(value, places, true)
      : sum(v, value, places, form, x.shape);
  if (v.attrs.keepDims) table.set(v, form, ops.reshape(result, sizes));
  else table.set(v, "plain", ops.reshape(result, v.shape));
  return true;
}

function sum(v: Value, value: Value, places: readonly number[], form: Form, from: Sizes): Value {
  const sizes = sizesIn(form, from);
  const isMean = v.rule === ops.reduceMean.rule;
  const outer = places.filter((p, i) => p === i && i < 2).length;
  const rows = sizes.slice(0, outer).reduce((n, d) => n * d, 1);
  const rest = places.slice(outer);
  if (rows === 1) {
    return isMean ? ops.reduceMean(value, places, true) : ops.reduceSum(value, places, true);
  }
  const count = places.reduce((n, p) => n * (sizes[p] as number), 1);
  const weights = new Float64Array(rows).fill(isMean ? 1 / count : 1);
  const cols = sizes.slice(outer);
  const wide = cols.reduce((n, d) => n * d, 1);
  const sums = ops.matMul(ops.constant(weights, [1, rows]), ops.reshape(value, [rows, wide]));
  const shaped = ops.reshape(sums, [...new Array<number>(outer).fill(1), ...cols]);
  return rest.length > 0 ? ops.reduceSum(shaped, rest, true) : shaped;
}

/** Joins, slices and paddings along images or channels; along rows they would meet `rowOrder`. */
function alongAxis(v: Value, table: FormTable): boolean {
  const axis = v.attrs.axis as number;
  if (v.shape.length !== 4 || !isStatic(v.shape) || axis > 1) return false;
  const form = leadingForm(v.inputs, table);
  if (form === "plain") return false;
  const inputs = v.inputs.map((i) => table.get(i, form));
  const attrs = { ...v.attrs, axis: axisIn(form, axis) };
  table.set(v, form, makeValue(v.rule, inputs, attrs));
  return true;
}

function broadcast(v: Value, table: FormTable): boolean {
  const x = v.inputs[0] as Value;
  if (v.shape.length !== 4 || !isStatic(v.shape)) return false;
  const sizes = v.shape;
  table.setLazy(v, (form) => ops.broadcastTo(table.operand(x, form), sizesIn(form, sizes)));
  return true;
}
