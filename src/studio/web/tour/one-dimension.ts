/** Where densities on a line are looked at: the middles of `cells` even cells. */
const line = { from: -12, to: 12, cells: 960 } as const;
const width = (line.to - line.from) / line.cells;

export const places: Float64Array = Float64Array.from(
  { length: line.cells },
  (_, i) => line.from + (i + 0.5) * width,
);

/** A normal density at `places`. */
export function normalDensity(mean: number, deviation: number): Float64Array {
  const scale = 1 / (deviation * Math.sqrt(2 * Math.PI));
  return places.map((x) => scale * Math.exp(-0.5 * ((x - mean) / deviation) ** 2));
}

/** Two equal heaps: what the real data are on the tour's line. */
export function realDensity(): Float64Array {
  const [left, right] = [normalDensity(-1, 0.6), normalDensity(1, 0.6)];
  return left.map((x, i) => (x + (right[i] as number)) / 2);
}

/** What is known of the game of densities p and q without playing it (arXiv 1406.2661). */
export interface OptimalGame {
  /** p / (p + q) at `places`; 1/2 where neither has any weight. */
  readonly discriminator: Float64Array;
  /** E_p log D + E_q log(1 - D) of that discriminator, in nats. */
  readonly value: number;
  /** Jensen-Shannon divergence in nats, from the two KL divergences to (p + q) / 2. */
  readonly js: number;
}

export function optimalGame(p: Float64Array, q: Float64Array): OptimalGame {
  const discriminator = p.map((a, i) => {
    const both = a + (q[i] as number);
    return both > 0 ? a / both : 0.5;
  });
  let value = 0;
  let js = 0;
  p.forEach((a, i) => {
    const b = q[i] as number;
    const d = discriminator[i] as number;
    const middle = (a + b) / 2;
    if (a > 0) {
      value += a * Math.log(d) * width;
      js += 0.5 * a * Math.log(a / middle) * width;
    }
    if (b > 0 && d < 1) {
      value += b * Math.log1p(-d) * width;
      js += 0.5 * b * Math.log(b / middle) * width;
    }
  });
  return { discriminator, value, js };
}
