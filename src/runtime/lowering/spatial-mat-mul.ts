import * as ops from "../../graph/ops/index.ts";
import { constantData } from "../../graph/ops/leaf.ts";
import { isStatic, type Value } from "../../graph/value.ts";
import { type FormTable, sizesIn, storedRows } from "./forms.ts";
import { at, type Matrix, matrix, transposed } from "./winograd-matrices.ts";

/**
 * Products of maps [N,C,H,W] with a constant matrix along H (from the left) or W (from the right), as
 * resampling makes them: in the form `rows` each is one product, and nothing is moved.
 */
export function spatialMatMul(v: Value, table: FormTable): boolean {
  const [a, b] = v.inputs as [Value, Value];
  const isLeft = a.shape.length === 2;
  const [maps, fixed] = isLeft ? [b, a] : [a, b];
  const data = constantData(fixed);
  const flips = v.attrs as { readonly transA: boolean; readonly transB: boolean };
  const suits = maps.shape.length === 4 && fixed.shape.length === 2 && isStatic(maps.shape);
  if (!suits || !data || (isLeft ? flips.transB : flips.transA)) return false;
  if (table.native(maps) !== "rows") return false;
  const [rows, cols] = fixed.shape as [number, number];
  const stored = matrix(rows, cols, (i, j) => data[i * cols + j] as number);
  // Output pixels down, input pixels across.
  const along = flips.transA || (!isLeft && !flips.transB) ? transposed(stored) : stored;
  const [h, w, n, c] = sizesIn("rows", maps.shape) as [number, number, number, number];
  const x = table.get(maps, "rows");
  const result = isLeft
    ? ops.matMul(reordered(along), ops.reshape(x, [h, w * n * c]))
    : ops.matMul(
        ops.constant(along.data, [1, along.rows, along.cols]),
        ops.reshape(x, [h, w, n * c]),
      );
  table.set(v, "rows", ops.reshape(result, sizesIn("rows", v.shape as number[])));
  return true;
}

/** A matrix from rows of maps to rows of maps, each in the order in which they are stored. */
function reordered(along: Matrix): Value {
  const [to, from] = [storedRows(along.rows), storedRows(along.cols)];
  const both = matrix(along.rows, along.cols, (i, j) =>
    at(along, to[i] as number, from[j] as number),
  );
  return ops.constant(both.data, [along.rows, along.cols]);
}
