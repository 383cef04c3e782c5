import type { Mixture } from "../../data/mixtures.ts";

/** How well points cover a mixture of Gaussians whose modes are known. */
export interface MixtureModes {
  /** Modes with at least one sample of high quality. */
  readonly modes: number;
  /** Share of the samples within three sigma of the nearest mean. */
  readonly highQuality: number;
  /**
   * KL of the modes' shares among the samples of high quality from equal shares, in nats; infinite
   * without any.
   */
  readonly reverseKl: number;
}

/**
 * PacGAN's measures (arXiv 1712.04086) of points [n,2]. A perfect sampler has a high quality of
 * 1 - exp(-4.5) = 0.9889, since three sigma is meant as a distance.
 */
export function mixtureModes(points: Float32Array, { means, sigma }: Mixture): MixtureModes {
  const counts = new Float64Array(means.length);
  const n = points.length / 2;
  for (let i = 0; i < n; i++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    means.forEach(([x, y], k) => {
      const square =
        ((points[2 * i] as number) - x) ** 2 + ((points[2 * i + 1] as number) - y) ** 2;
      if (square < least) {
        least = square;
        best = k;
      }
    });
    if (Math.sqrt(least) < 3 * sigma) counts[best] = (counts[best] as number) + 1;
  }
  const good = counts.reduce((a, b) => a + b, 0);
  const entropy = counts.reduce(
    (sum, c) => (c === 0 ? sum : sum - (c / good) * Math.log(c / good)),
    0,
  );
  return {
    modes: counts.filter((c) => c > 0).length,
    highQuality: good / n,
    reverseKl: good === 0 ? Number.POSITIVE_INFINITY : Math.log(means.length) - entropy,
  };
}
