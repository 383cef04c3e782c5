/** How far two sets of points are from each other, in nats, by shares of the cells of a grid. */
export interface Divergence {
  /** KL(real || fake), with half a point added to each cell that either set touches. */
  readonly kl: number;
  /** Jensen-Shannon divergence, at most ln 2. */
  readonly js: number;
}

/** Cells along one side of the grid. */
export const divergenceCells = 24;

/**
 * Divergence of points [n,2] from points [m,2] within the square [-extent, extent]; what lies outside
 * counts into the border's cells. Sets that are drawn from one distribution are not at 0: compare with
 * the value between two sets of real points of the same size.
 */
export function gridDivergence(real: Float32Array, fake: Float32Array, extent: number): Divergence {
  const p = counts(real, extent);
  const q = counts(fake, extent);
  const [n, m] = [real.length / 2, fake.length / 2];
  let touched = 0;
  for (let i = 0; i < p.length; i++) if ((p[i] as number) + (q[i] as number) > 0) touched++;
  let kl = 0;
  let js = 0;
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i] as number, q[i] as number];
    if (a + b === 0) continue;
    const [smoothA, smoothB] = [(a + 0.5) / (n + touched / 2), (b + 0.5) / (m + touched / 2)];
    kl += smoothA * Math.log(smoothA / smoothB);
    const [shareA, shareB] = [a / n, b / m];
    const middle = (shareA + shareB) / 2;
    if (shareA > 0) js += (shareA / 2) * Math.log(shareA / middle);
    if (shareB > 0) js += (shareB / 2) * Math.log(shareB / middle);
  }
  return { kl, js };
}

function counts(points: Float32Array, extent: number): Float64Array {
  const cells = divergenceCells;
  const out = new Float64Array(cells * cells);
  const cell = (x: number) =>
    Math.min(cells - 1, Math.max(0, Math.floor(((x + extent) / (2 * extent)) * cells)));
  for (let i = 0; i < points.length; i += 2) {
    const at = cell(points[i + 1] as number) * cells + cell(points[i] as number);
    out[at] = (out[at] as number) + 1;
  }
  return out;
}
