export interface Neighbour {
  readonly index: number;
  /** Root mean square difference of pixel values 0 to 255; 0 is the same picture. */
  readonly distance: number;
}

/** The `k` pictures of `bank` that differ least from `picture`, nearest first; RGBA bytes of equal size. */
export function nearestPictures(
  picture: Uint8ClampedArray,
  bank: readonly Uint8ClampedArray[],
  k: number,
): Neighbour[] {
  return bank
    .map((other, index) => ({ index, distance: difference(picture, other) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, k);
}

function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    // The fourth is opacity.
    if (i % 4 !== 3) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  }
  return Math.sqrt(sum / (0.75 * a.length));
}
