import { toyExtent } from "../../../data/toys/toy.ts";
import { fieldCells } from "../../play/observer.ts";

/**
 * Share of points [n,2] that the discriminator takes for real, by its logits on the grid of a view
 * (between the centres of four cells, bilinear).
 */
export function takenForReal(field: Float32Array, points: Float32Array): number {
  const n = points.length / 2;
  let taken = 0;
  for (let i = 0; i < n; i++) {
    if (logitAt(field, points[2 * i] as number, points[2 * i + 1] as number) > 0) taken++;
  }
  return taken / n;
}

function logitAt(field: Float32Array, x: number, y: number): number {
  const place = (v: number) => {
    const cell = ((v / toyExtent + 1) / 2) * fieldCells - 0.5;
    return Math.min(fieldCells - 1, Math.max(0, cell));
  };
  const [u, v] = [place(x), place(y)];
  const [column, row] = [
    Math.min(fieldCells - 2, Math.floor(u)),
    Math.min(fieldCells - 2, Math.floor(v)),
  ];
  const at = (r: number, c: number) => field[r * fieldCells + c] as number;
  const [a, b] = [u - column, v - row];
  const below = at(row, column) * (1 - a) + at(row, column + 1) * a;
  const above = at(row + 1, column) * (1 - a) + at(row + 1, column + 1) * a;
  return below * (1 - b) + above * b;
}
