import * as ops from "./ops/index.ts";
import type { Value } from "./value.ts";

/**
 * The sum of gradient contributions of one shape. Slices of a value give contributions that are zero
 * elsewhere: they are laid side by side instead of being padded and added. Products over the batch,
 * as a weight that is used at every time step gets, become one product of longer matrices, unless each is
 * long enough to be as fast by itself: then they are added where they are made.
 */
export function sumOf(parts: readonly Value[]): Value {
  if (parts.length === 1) return parts[0] as Value;
  return joinProducts(joinPads(parts)).reduce((a, b) => ops.add(a, b));
}

/** Contributions that pad along one axis without overlapping become one concatenation. */
function joinPads(parts: readonly Value[]): readonly Value[] {
  const pads = parts.filter((p) => p.rule === ops.pad.rule);
  const axis = pads[0]?.attrs.axis as number | undefined;
  if (axis === undefined || pads.length < 2 || pads.some((p) => p.attrs.axis !== axis))
    return parts;
  const pieces = pads
    .map((p) => ({ start: p.attrs.before as number, value: p.inputs[0] as Value }))
    .sort((a, b) => a.start - b.start);
  const first = pieces[0] as { start: number; value: Value };
  const size = (pads[0] as Value).shape[axis] as number;
  let end = first.start;
  const row: Value[] = [];
  for (const { start, value } of pieces) {
    if (start !== end) return parts;
    row.push(value);
    end += value.shape[axis] as number;
  }
  const joined = ops.pad(ops.concat(row, axis), axis, first.start, size - end);
  return [joined, ...parts.filter((p) => p.rule !== ops.pad.rule)];
}

/** sum A_i^T B_i = [A_1; A_2; ..]^T [B_1; B_2; ..], and sum A_i B_i^T = [A_1 A_2 ..] [B_1 B_2 ..]^T. */
function joinProducts(parts: readonly Value[]): readonly Value[] {
  let joined = parts;
  for (const side of ["transA", "transB"] as const) {
    const products = joined.filter((p) => isProduct(p, side));
    if (products.length < 2) continue;
    const stack = (operand: 0 | 1) =>
      ops.concat(
        products.map((p) => p.inputs[operand] as Value),
        side === "transA" ? 0 : 1,
      );
    const product = ops.matMul(stack(0), stack(1), { [side]: true });
    joined = [product, ...joined.filter((p) => !isProduct(p, side))];
  }
  return joined;
}

/** A product of matrices of which just the one operand is read transposed. */
function isProduct(v: Value, side: "transA" | "transB"): boolean {
  return (
    v.rule === ops.matMul.rule &&
    v.attrs[side] === true &&
    v.attrs[side === "transA" ? "transB" : "transA"] === false &&
    innerSize(v, side) < longEnough &&
    v.inputs.every((i) => i.shape.length === 2)
  );
}

/** Numbers that are added up in a product from which on a longer one is no faster. */
const longEnough = 256;

function innerSize(v: Value, side: "transA" | "transB"): number {
  return (v.inputs[0] as Value).shape[side === "transA" ? 0 : 1] as number;
}
