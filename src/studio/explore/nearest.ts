export interface Neighbour {
  /** Its place in the bank. */
  readonly index: number;
  /** Root mean square difference of pixel values 0 to 255; 0 is the same image. */
  readonly distance: number;
}

/** Pixels after which a sum is compared with the best ones. */
const stretch = 64;

/** The `k` images of `bank` [n,C,H,W] that differ least from `image` [C,H,W], nearest first. */
export function nearestImages(image: Uint8Array, bank: Uint8Array, k: number): Neighbour[] {
  const each = image.length;
  const best: { readonly index: number; readonly sum: number }[] = [];
  for (let index = 0, at = 0; at + each <= bank.length; index++, at += each) {
    const limit = best.length < k ? Number.POSITIVE_INFINITY : (best[k - 1]?.sum ?? 0);
    let sum = 0;
    // Most images are too far away long before their last pixel.
    for (let i = 0; i < each && sum < limit; ) {
      for (const end = Math.min(each, i + stretch); i < end; i++) {
        const difference = (image[i] as number) - (bank[at + i] as number);
        sum += difference * difference;
      }
    }
    if (sum >= limit) continue;
    const place = best.findLastIndex((other) => other.sum <= sum) + 1;
    best.splice(place, 0, { index, sum });
    best.length = Math.min(best.length, k);
  }
  return best.map(({ index, sum }) => ({ index, distance: Math.sqrt(sum / each) }));
}
