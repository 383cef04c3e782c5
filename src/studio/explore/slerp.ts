/**
 * Between `a` (t = 0) and `b` (t = 1) along the great circle, its length going evenly from one's to the
 * other's: under a normal prior lengths hardly differ, and a straight line would pass through shorter ones
 * that the generator never saw (arXiv 1609.04468). Opposite or nearly equal directions, and zero, have no
 * great circle of their own: they are joined by a straight line.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
  const cos = lengthA * lengthB > 0 ? dot(a, b) / (lengthA * lengthB) : 1;
  const angle = Math.acos(Math.max(-1, Math.min(1, cos)));
  const sin = Math.sin(angle);
  if (sin < 1e-4) return a.map((x, i) => (1 - t) * x + t * (b[i] as number));
  const length = (1 - t) * lengthA + t * lengthB;
  const [fromA, fromB] = [Math.sin((1 - t) * angle) / sin, Math.sin(t * angle) / sin];
  return a.map((x, i) => length * ((fromA * x) / lengthA + (fromB * (b[i] as number)) / lengthB));
}

export function lengthOf(a: Float32Array): number {
  return Math.sqrt(dot(a, a));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}
