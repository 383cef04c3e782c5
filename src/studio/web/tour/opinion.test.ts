import { expect, test } from "vitest";
import { fieldCells } from "../../play/observer.ts";
import { takenForReal } from "./opinion.ts";

test("points are judged by the side of the border on which they lie", () => {
  // A logit of x + y / 2 at the centres of the cells of the square [-1.5, 1.5]^2.
  const at = (k: number) => (((k + 0.5) / fieldCells) * 2 - 1) * 1.5;
  const field = Float32Array.from(
    { length: fieldCells ** 2 },
    (_, i) => at(i % fieldCells) + at(Math.floor(i / fieldCells)) / 2,
  );
  // Linear logits are read exactly: these lie a hair on either side.
  expect(takenForReal(field, Float32Array.of(0.501, -1, 0.499, -1, -0.24, 0.5, -0.26, 0.5))).toBe(
    0.5,
  );
  expect(takenForReal(field, Float32Array.of(9, 9))).toBe(1);
  expect(takenForReal(field, Float32Array.of(-9, 0, 9, 0, 9, 0))).toBeCloseTo(2 / 3, 12);
});
