import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { Random } from "../util/random.ts";
import { congruence, symmetricEigenvalues, symmetricFactor } from "./symmetric.ts";

/** X'X of random rows [rank,n]. */
function gram(n: number, rank: number, seed: number): Float64Array {
  const rows = new Float32Array(rank * n);
  new Random(seed, "rows").fillNormal(rows, 1);
  const x = new Matrix(rank, n);
  for (let i = 0; i < rank; i++) for (let k = 0; k < n; k++) x.set(i, k, rows[i * n + k] as number);
  return Float64Array.from(x.transpose().mmul(x).to1DArray());
}

test.each([
  [1, 1],
  [2, 2],
  [17, 40],
  [30, 12],
  [64, 64],
])("eigenvalues of %i numbers from %i rows are ml-matrix's", (n, rank) => {
  const a = gram(n, rank, n);
  // Not only positive ones.
  for (let i = 0; i < n; i++) a[i * n + i] = (a[i * n + i] as number) - 3;
  const ours = symmetricEigenvalues(a, n).sort();
  const matrix = Matrix.from1DArray(n, n, Array.from(a));
  const theirs = Float64Array.from(
    new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues,
  ).sort();
  for (const [i, x] of theirs.entries()) expect(ours[i]).toBeCloseTo(x, 9);
});

test("eigenvalues of matrices with zeros", () => {
  expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0]);
  const diagonal = Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2);
  expect([...symmetricEigenvalues(diagonal, 3)].sort()).toEqual([1, 2, 3]);
});

test.each([
  [20, 40],
  [20, 7],
])("the factor of %i numbers from %i rows has its rank and gives it back", (n, rows) => {
  const a = gram(n, rows, 5);
  const { g, rank } = symmetricFactor(a, n);
  expect(rank).toBe(Math.min(n, rows));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += (g[r * n + i] as number) * (g[r * n + k] as number);
      expect(sum).toBeCloseTo(a[i * n + k] as number, 9);
    }
  }
});

test("G A G' against ml-matrix", () => {
  const [a, b] = [gram(6, 6, 1), gram(6, 3, 2)];
  const g = b.slice(0, 4 * 6);
  const [x, y] = [Matrix.from1DArray(4, 6, Array.from(g)), Matrix.from1DArray(6, 6, Array.from(a))];
  const theirs = x.mmul(y).mmul(x.transpose()).to1DArray();
  for (const [i, value] of theirs.entries()) {
    expect(congruence(g, 4, a, 6)[i]).toBeCloseTo(value, 8);
  }
});
