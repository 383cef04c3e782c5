import { type Shape, sameShape, type Value } from "../../value.ts";
import { reshape } from "../shape/reshape.ts";
import { reduceSum } from "./reduce-sum.ts";

/** Sums x over the axes that a broadcast from `shape` added: the transpose of broadcasting. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((d, i) =>
    i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : [],
  );
  return reshape(reduceSum(x, axes, true), shape);
}
