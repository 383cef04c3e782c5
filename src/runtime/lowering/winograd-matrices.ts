/** A dense row-major matrix. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** Fills a matrix with f(row, column). */
export function matrix(rows: number, cols: number, f: (i: number, j: number) => number): Matrix {
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[i * cols + j] = f(i, j);
  return { rows, cols, data };
}

export function at(m: Matrix, i: number, j: number): number {
  return m.data[i * m.cols + j] as number;
}

export function transposed(m: Matrix): Matrix {
  return matrix(m.cols, m.rows, (i, j) => at(m, j, i));
}

/** Interpolation points besides infinity, by their number. */
const points: Readonly<Record<number, readonly number[]>> = {
  2: [0, -1],
  3: [0, 1, -1],
  4: [0, 1, -1, 2],
  5: [0, 1, -1, 2, -2],
};

/** The matrices of a minimal filtering algorithm. */
export interface MinimalFilter {
  /** Outputs of a tile and taps of the filter; a tile takes n = m + r - 1 products. */
  readonly m: number;
  readonly r: number;
  readonly n: number;
  /** y = A^T ((G g) * (B^T x)): at [m,n], g [n,r], bt [n,n]. */
  readonly at: Matrix;
  readonly g: Matrix;
  readonly bt: Matrix;
}

/**
 * Winograd's F(m,r): m outputs y_j = sum_t g_t x_(j+t) with m + r - 1 products (arXiv 1509.09308).
 * Rows of B^T are scaled to a largest entry of 1, which keeps the products balanced in f32.
 */
export function minimalFilter(m: number, r: number): MinimalFilter {
  const n = m + r - 1;
  const finite = points[n - 1] as readonly number[];
  const powers = (cols: number) =>
    matrix(n, cols, (i, j) => (i < n - 1 ? (finite[i] as number) ** j : j === cols - 1 ? 1 : 0));
  const bt = transposed(inverse(powers(n)));
  const scale = Array.from({ length: n }, (_, i) =>
    Math.max(...bt.data.subarray(i * n, (i + 1) * n).map(Math.abs)),
  );
  const taps = powers(r);
  return {
    m,
    r,
    n,
    at: transposed(powers(m)),
    g: matrix(n, r, (i, j) => at(taps, i, j) * (scale[i] as number)),
    bt: matrix(n, n, (i, j) => at(bt, i, j) / (scale[i] as number)),
  };
}

/** Gauss-Jordan elimination with row pivoting. */
function inverse(m: Matrix): Matrix {
  const n = m.rows;
  const a = Array.from({ length: n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) => (j < n ? at(m, i, j) : Number(j - n === i))),
  );
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let i = c; i < n; i++) {
      if (Math.abs(cell(a, i, c)) > Math.abs(cell(a, best, c))) best = i;
    }
    [a[c], a[best]] = [a[best] as number[], a[c] as number[]];
    const pivot = cell(a, c, c);
    a[c] = (a[c] as number[]).map((x) => x / pivot);
    for (let i = 0; i < n; i++) {
      if (i === c) continue;
      const factor = cell(a, i, c);
      a[i] = (a[i] as number[]).map((x, j) => x - factor * cell(a, c, j));
    }
  }
  return matrix(n, n, (i, j) => cell(a, i, n + j));
}

function cell(a: readonly (readonly number[])[], i: number, j: number): number {
  return (a[i] as readonly number[])[j] as number;
}
