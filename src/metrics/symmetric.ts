/**
 * The eigenvalues of a symmetric matrix [n,n], in no order: Householder reflections to three
 * diagonals, then implicit QL (Bowdler, Martin, Reinsch and Wilkinson 1968). Without eigenvectors,
 * which take most of the time in a whole decomposition. Only the lower half is read.
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const u = a.subarray(i * n, i * n + i);
    const scale = u.reduce((sum, x) => sum + Math.abs(x), 0);
    if (i === 1 || scale === 0) {
      beside[i] = u[i - 1] as number;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      u[k] = (u[k] as number) / scale;
      h += (u[k] as number) ** 2;
    }
    const last = u[i - 1] as number;
    const g = last >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    beside[i] = scale * g;
    h -= last * g;
    u[i - 1] = last - g;
    reflect(a, n, i, u, h, p);
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i] as number;
  return tridiagonalEigenvalues(diagonal, beside);
}

/** A <- H A H of the leading i x i block with H = 1 - u u'/h, lower half. */
function reflect(
  a: Float64Array,
  n: number,
  i: number,
  u: Float64Array,
  h: number,
  p: Float64Array,
): void {
  p.fill(0, 0, i);
  for (let r = 0; r < i; r++) {
    const row = r * n;
    const ur = u[r] as number;
    let sum = (a[row + r] as number) * ur;
    for (let c = 0; c < r; c++) {
      const x = a[row + c] as number;
      sum += x * (u[c] as number);
      p[c] = (p[c] as number) + x * ur;
    }
    p[r] = (p[r] as number) + sum;
  }
  let dot = 0;
  for (let r = 0; r < i; r++) {
    p[r] = (p[r] as number) / h;
    dot += (p[r] as number) * (u[r] as number);
  }
  const half = dot / (2 * h);
  for (let r = 0; r < i; r++) p[r] = (p[r] as number) - half * (u[r] as number);
  for (let r = 0; r < i; r++) {
    const row = r * n;
    const [ur, pr] = [u[r] as number, p[r] as number];
    for (let c = 0; c <= r; c++) {
      a[row + c] = (a[row + c] as number) - ur * (p[c] as number) - pr * (u[c] as number);
    }
  }
}

/** Eigenvalues from the diagonal and the elements beside it (the first is not used); overwrites both. */
function tridiagonalEigenvalues(d: Float64Array, beside: Float64Array): Float64Array {
  const n = d.length;
  const e = new Float64Array(n);
  e.set(beside.subarray(1));
  const at = (x: Float64Array, i: number) => x[i] as number;
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = Math.abs(at(d, m)) + Math.abs(at(d, m + 1));
        if (Math.abs(at(e, m)) <= Number.EPSILON * size) break;
      }
      if (m === l) break;
      let g = (at(d, l + 1) - at(d, l)) / (2 * at(e, l));
      const root = Math.hypot(g, 1);
      g = at(d, m) - at(d, l) + at(e, l) / (g + (g >= 0 ? root : -root));
      let [s, c, shift] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const [f, b] = [s * at(e, i), c * at(e, i)];
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = at(d, i + 1) - shift;
          e[m] = 0;
          break;
        }
        [s, c] = [f / r, g / r];
        g = at(d, i + 1) - shift;
        const t = (at(d, i) - g) * s + 2 * c * b;
        shift = s * t;
        d[i + 1] = g + shift;
        g = c * t - b;
      }
      if (i >= l) continue;
      d[l] = at(d, l) - shift;
      e[l] = g;
      e[m] = 0;
    }
  }
  return d;
}

/**
 * G [rank,n] with G'G = A for a symmetric A [n,n] without negative eigenvalues: Cholesky's method,
 * the largest diagonal element first, up to where only rounding is left.
 */
export function symmetricFactor(
  matrix: Float64Array,
  n: number,
): { g: Float64Array; rank: number } {
  const left = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i] as number);
  const least = n * Number.EPSILON * left.reduce((a, b) => Math.max(a, b), 0);
  const g = new Float64Array(n * n);
  let rank = 0;
  for (; rank < n; rank++) {
    let pivot = 0;
    for (let i = 1; i < n; i++) if ((left[i] as number) > (left[pivot] as number)) pivot = i;
    const square = left[pivot] as number;
    if (!(square > least)) break;
    const row = g.subarray(rank * n, (rank + 1) * n);
    row.set(matrix.subarray(pivot * n, (pivot + 1) * n));
    for (let k = 0; k < rank; k++) addScaled(row, g, k * n, -(g[k * n + pivot] as number));
    const length = Math.sqrt(square);
    for (let i = 0; i < n; i++) {
      row[i] = (row[i] as number) / length;
      left[i] = (left[i] as number) - (row[i] as number) ** 2;
    }
    left[pivot] = 0;
  }
  return { g: g.slice(0, rank * n), rank };
}

/** G A G' [rank,rank] of G [rank,n] and a symmetric A [n,n]. */
export function congruence(
  g: Float64Array,
  rank: number,
  a: Float64Array,
  n: number,
): Float64Array {
  const out = new Float64Array(rank * rank);
  const row = new Float64Array(n);
  for (let i = 0; i < rank; i++) {
    row.fill(0);
    for (let k = 0; k < n; k++) addScaled(row, a, k * n, g[i * n + k] as number);
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0, at = j * n; k < n; k++, at++) sum += (row[k] as number) * (g[at] as number);
      out[i * rank + j] = sum;
      out[j * rank + i] = sum;
    }
  }
  return out;
}

function addScaled(to: Float64Array, from: Float64Array, start: number, weight: number): void {
  if (weight === 0) return;
  for (let i = 0, at = start; i < to.length; i++, at++) {
    to[i] = (to[i] as number) + weight * (from[at] as number);
  }
}
