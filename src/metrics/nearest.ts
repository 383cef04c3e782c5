import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Backend, Tensor } from "../runtime/session.ts";

/** The nearest row of a set for each query. */
export interface Neighbours {
  readonly indices: Int32Array;
  /** Root mean square difference of the two vectors' elements. */
  readonly distances: Float64Array;
}

/** Rows that are read a block at a time, [count, width]. */
export interface RowSource {
  readonly count: number;
  rows(indices: Uint32Array): Promise<Float32Array> | Float32Array;
}

const blockRows = 2000;
const blockQueries = 1000;

/**
 * Finds for each query [n, width] the nearest row of a source by Euclidean distance, as products of
 * blocks on the backend: |q - r|^2 is least where q.r - |r|^2 / 2 is largest. The distances of the
 * rows found are then computed in f64. Memory: one block of rows and one of products.
 */
export async function nearestRows(
  queries: Float32Array,
  width: number,
  source: RowSource,
  backend: Backend,
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Neighbours> {
  const n = queries.length / width;
  const q = leaf("q", ["Q", width], { kind: "data" });
  const r = leaf("r", ["R", width], { kind: "data" });
  const half = leaf("half", ["R"], { kind: "data" });
  const score = ops.sub(ops.matMul(q, r, { transB: true }), half);
  const session = await backend.compile({
    name: "nearest",
    inputs: new Map([
      ["q", q],
      ["r", r],
      ["half", half],
    ]),
    outputs: new Map([
      ["score", ops.reduceMax(score, [1])],
      ["index", ops.argmax(score, 1)],
    ]),
  });
  const best = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  const indices = new Int32Array(n);
  try {
    for (let from = 0; from < source.count; from += blockRows) {
      signal?.throwIfAborted();
      const count = Math.min(blockRows, source.count - from);
      const rows = await source.rows(Uint32Array.from({ length: count }, (_, i) => from + i));
      const feeds = new Map<string, Tensor>([
        ["r", { dtype: "f32", dims: [count, width], data: rows }],
        ["half", { dtype: "f32", dims: [count], data: halfSquares(rows, width) }],
      ]);
      for (let at = 0; at < n; at += blockQueries) {
        const m = Math.min(blockQueries, n - at);
        const data = queries.subarray(at * width, (at + m) * width);
        feeds.set("q", { dtype: "f32", dims: [m, width], data });
        const found = await session.run(feeds);
        const scores = (found.get("score") as Tensor).data;
        const places = (found.get("index") as Tensor).data;
        for (let i = 0; i < m; i++) {
          if ((scores[i] as number) <= (best[at + i] as number)) continue;
          best[at + i] = scores[i] as number;
          indices[at + i] = from + (places[i] as number);
        }
      }
      onProgress?.(from + count, source.count);
    }
  } finally {
    await session.release();
  }
  return { indices, distances: await distancesTo(queries, width, source, indices) };
}

async function distancesTo(
  queries: Float32Array,
  width: number,
  source: RowSource,
  indices: Int32Array,
): Promise<Float64Array> {
  const distances = new Float64Array(indices.length);
  for (let from = 0; from < indices.length; from += blockRows) {
    const part = Uint32Array.from(indices.subarray(from, from + blockRows));
    const rows = await source.rows(part);
    for (let i = 0; i < part.length; i++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const d = (queries[(from + i) * width + k] as number) - (rows[i * width + k] as number);
        sum += d * d;
      }
      distances[from + i] = Math.sqrt(sum / width);
    }
  }
  return distances;
}

function halfSquares(rows: Float32Array, width: number): Float32Array {
  return Float32Array.from({ length: rows.length / width }, (_, i) => {
    let sum = 0;
    for (let k = i * width; k < (i + 1) * width; k++) sum += (rows[k] as number) ** 2;
    return sum / 2;
  });
}
