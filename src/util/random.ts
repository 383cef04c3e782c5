import { usageError } from "./errors.ts";

/** Four 32-bit words; JSON-safe, so a checkpoint can hold it. */
export type RandomState = readonly [number, number, number, number];

/**
 * A seeded stream of random numbers: xoshiro128** (Blackman and Vigna, arXiv 1805.01407).
 * Everything random in gansmith draws from a named stream of the run's seed, so adding a consumer
 * never shifts the numbers that the others see.
 */
export class Random {
  #s: Uint32Array;

  constructor(seed: number, stream = "") {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw usageError(`seed must be a whole number >= 0, received ${seed}.`);
    }
    this.#s = expandSeed(seed, stream);
  }

  static fromState(state: RandomState): Random {
    const random = new Random(0);
    random.#s = Uint32Array.from(state);
    return random;
  }

  get state(): RandomState {
    return [...this.#s] as unknown as RandomState;
  }

  /** The next 32 random bits. */
  uint32(): number {
    const s = this.#s;
    const s1 = s[1] as number;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    (s[2] as number) ^= s[0] as number;
    (s[3] as number) ^= s1;
    (s[1] as number) ^= s[2] as number;
    (s[0] as number) ^= s[3] as number;
    (s[2] as number) ^= t;
    s[3] = rotateLeft(s[3] as number, 11);
    return result;
  }

  /** Uniform in [0, 1) with 24 bits, so that it survives the cast to f32 below 1. */
  uniform(): number {
    return (this.uint32() >>> 8) / 0x1000000;
  }

  /** Uniform whole number in [0, n), without modulo bias. */
  below(n: number): number {
    const limit = Math.floor(0x1_0000_0000 / n) * n;
    for (;;) {
      const x = this.uint32();
      if (x < limit) return x % n;
    }
  }

  /** Two independent N(0, 1) numbers (Marsaglia's polar method keeps no hidden half behind). */
  normalPair(): [number, number] {
    for (;;) {
      const u = (this.uint32() - 0x7fff_ffff) / 0x8000_0000;
      const v = (this.uint32() - 0x7fff_ffff) / 0x8000_0000;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        return [u * scale, v * scale];
      }
    }
  }

  /** Fills `out` with N(0, std^2). */
  fillNormal(out: Float32Array | Float64Array, std = 1): void {
    for (let i = 0; i < out.length; i += 2) {
      const [a, b] = this.normalPair();
      out[i] = a * std;
      if (i + 1 < out.length) out[i + 1] = b * std;
    }
  }

  /** Fills `out` with numbers uniform in [low, high). */
  fillUniform(out: Float32Array | Float64Array, low = 0, high = 1): void {
    for (let i = 0; i < out.length; i++) out[i] = low + (high - low) * this.uniform();
  }

  /** A uniformly random permutation of 0..n-1 (Fisher-Yates). */
  permutation(n: number): Uint32Array {
    const p = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const t = p[i] as number;
      p[i] = p[j] as number;
      p[j] = t;
    }
    return p;
  }
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** FNV-1a over seed and stream name, then splitmix32 to fill the four words. */
function expandSeed(seed: number, stream: string): Uint32Array {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${stream}`)) {
    h = Math.imul(h ^ byte, 0x01000193);
  }
  const words = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    h = (h + 0x9e3779b9) | 0;
    let z = h;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    words[i] = z ^ (z >>> 16);
  }
  return words;
}
