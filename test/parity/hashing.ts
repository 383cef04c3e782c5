/** The fixtures' counter-based numbers: see bench/peers/hashing.py, which these equal to the bit. */
function mix(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function hash32(tensor: number, index: number): number {
  return mix(mix((index + 0x9e3779b9) >>> 0) ^ mix((tensor + 0x85ebca6b) >>> 0));
}

export function uniformAt(tensor: number, index: number, bound: number): number {
  return (hash32(tensor, index) / 2 ** 32 - 0.5) * 2 * bound;
}

export function normalAt(tensor: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log((hash32(tensor, 2 * index) + 0.5) / 2 ** 32));
  return radius * Math.cos(2 * Math.PI * (hash32(tensor, 2 * index + 1) / 2 ** 32));
}

/** How a fixture's tensor begins. */
export interface HashedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly index: number;
  readonly init: "uniform" | "normal" | "constant";
  readonly bound?: number;
  readonly mean?: number;
  readonly std?: number;
  readonly value?: number;
}

export function initialArray(entry: HashedTensor): Float32Array {
  const { index, init, bound = 0, mean = 0, std = 1, value = 0 } = entry;
  const out = new Float32Array(entry.shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < out.length; i++) {
    if (init === "uniform") out[i] = uniformAt(index, i, bound);
    else out[i] = init === "normal" ? mean + std * normalAt(index, i) : value;
  }
  return out;
}
