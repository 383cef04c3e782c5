import type { Value } from "../../value.ts";
import { type UnaryOp, unary } from "./elementwise.ts";

/** The error function. d erf = 2/sqrt(pi) exp(-x^2) dx */
export const erf: UnaryOp = unary({
  name: "erf",
  onnx: "Erf",
  f: errorFunction,
  gradient: ({ ops, grad, inputs }) => {
    const x = inputs[0] as Value;
    const slope = ops.mul(ops.scalar(2 / Math.sqrt(Math.PI)), ops.exp(ops.neg(ops.mul(x, x))));
    return [ops.mul(grad, slope)];
  },
});

/** Maclaurin series near 0, continued fraction of erfc further out (Abramowitz and Stegun 7.1). */
function errorFunction(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}
