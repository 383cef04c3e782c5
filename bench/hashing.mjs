// Numbers made from counters; the formulas are those of peers/hashing.py, so that every side of a
// comparison starts from the same weights and batches.

/** @param {number} x */
function mix(x) {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** @param {number} tensor @param {number} index */
function hash32(tensor, index) {
  return mix(mix((index + 0x9e3779b9) >>> 0) ^ mix((tensor + 0x85ebca6b) >>> 0));
}

/** @param {readonly number[]} shape */
export function elementsOf(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/**
 * Numbers in [-bound, bound).
 * @param {number} tensor @param {readonly number[]} shape @param {number} bound
 */
export function uniform(tensor, shape, bound) {
  return Float32Array.from(
    { length: elementsOf(shape) },
    (_, i) => (hash32(tensor, i) / 2 ** 32 - 0.5) * 2 * bound,
  );
}

/**
 * Numbers from N(mean, std).
 * @param {number} tensor @param {readonly number[]} shape
 */
export function normal(tensor, shape, mean = 0, std = 1) {
  return Float32Array.from({ length: elementsOf(shape) }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log((hash32(tensor, 2 * i) + 0.5) / 2 ** 32));
    return mean + std * radius * Math.cos(2 * Math.PI * (hash32(tensor, 2 * i + 1) / 2 ** 32));
  });
}

/**
 * Whole numbers in [0, below).
 * @param {number} tensor @param {number} count @param {number} below
 */
export function integers(tensor, count, below) {
  return Int32Array.from({ length: count }, (_, i) =>
    Math.floor((hash32(tensor, i) * below) / 2 ** 32),
  );
}
