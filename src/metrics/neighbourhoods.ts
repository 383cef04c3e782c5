import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import type { Backend, Session, Tensor } from "../runtime/session.ts";
import { usageError } from "../util/errors.ts";
import type { JudgedImages } from "./judged-images.ts";

/** Which points of two sets lie in the neighbourhoods of the other's. */
export interface Neighbourhoods {
  /** Share of the samples within the radius of a real point. */
  readonly precision: number;
  /** Share of the real points within the radius of a sample. */
  readonly recall: number;
  /** How many real points' radii hold a sample, on average, over k. */
  readonly density: number;
  /** Share of the real points whose radius holds a sample. */
  readonly coverage: number;
}

const blockRows = 1000;

/**
 * Compares real points [n,width] and samples [m,width] by their k-nearest-neighbour balls: a point's
 * radius is the distance to the k-th nearest other point of its own set. Distances are products of
 * blocks on the backend; memory: one block. Throws a usage error unless both sets have more than k.
 */
export async function neighbourhoods(
  real: Float32Array,
  samples: Float32Array,
  width: number,
  k: number,
  backend: Backend,
): Promise<Neighbourhoods> {
  const [n, m] = [real.length / width, samples.length / width];
  if (Math.min(n, m) <= k) {
    throw usageError(
      `neighbourhoods of ${k} need more than ${k} images, received ${Math.min(n, m)}.`,
    );
  }
  const session = await compileSquares(width, backend);
  try {
    const realRadius = await radii(session, real, width, k);
    const sampleRadius = await radii(session, samples, width, k);
    const held = new Int32Array(m);
    const recalled = new Uint8Array(n);
    const covered = new Uint8Array(n);
    await eachBlock(session, real, samples, width, (squares, from, count) => {
      for (let i = 0; i < count; i++) {
        const own = realRadius[from + i] as number;
        for (let j = 0; j < m; j++) {
          const d = squares[i * m + j] as number;
          if (d < own) {
            held[j] = (held[j] as number) + 1;
            covered[from + i] = 1;
          }
          if (d < (sampleRadius[j] as number)) recalled[from + i] = 1;
        }
      }
    });
    const share = (flags: Uint8Array) => flags.reduce((a, b) => a + b, 0) / flags.length;
    return {
      precision: held.filter((h) => h > 0).length / m,
      recall: share(recalled),
      density: held.reduce((a, b) => a + b, 0) / (k * m),
      coverage: share(covered),
    };
  } finally {
    await session.release();
  }
}

const known = new WeakMap<JudgedImages, Map<string, Promise<Neighbourhoods>>>();

/** The same of judged images by their features; computed once for all metrics that ask. */
export function featureNeighbourhoods(
  test: JudgedImages,
  samples: JudgedImages,
  k: number,
  backend: Backend,
): Promise<Neighbourhoods> {
  const made = known.get(samples) ?? new Map<string, Promise<Neighbourhoods>>();
  known.set(samples, made);
  const key = `${k} ${test.count}`;
  const found =
    made.get(key) ??
    neighbourhoods(test.features, samples.features, samples.featureWidth, k, backend);
  made.set(key, found);
  return found;
}

/** |a_i - b_j|^2 [A,B] of rows a [A,width], b [B,width]. */
function compileSquares(width: number, backend: Backend): Promise<Session> {
  const a = leaf("a", ["A", width], { kind: "data" });
  const b = leaf("b", ["B", width], { kind: "data" });
  const square = (x: typeof a) => ops.reduceSum(ops.mul(x, x), [1]);
  const products = ops.mul(ops.matMul(a, b, { transB: true }), ops.scalar(-2));
  const squares = ops.add(
    ops.add(products, ops.reshape(square(a), ["A", 1])),
    ops.reshape(square(b), [1, "B"]),
  );
  return backend.compile({
    name: "squares",
    inputs: new Map([
      ["a", a],
      ["b", b],
    ]),
    outputs: new Map([["squares", squares]]),
  });
}

async function eachBlock(
  session: Session,
  rows: Float32Array,
  others: Float32Array,
  width: number,
  use: (squares: Float32Array, from: number, count: number) => void,
): Promise<void> {
  const n = rows.length / width;
  const b: Tensor = { dtype: "f32", dims: [others.length / width, width], data: others };
  for (let from = 0; from < n; from += blockRows) {
    const count = Math.min(blockRows, n - from);
    const data = rows.subarray(from * width, (from + count) * width);
    const feeds = new Map<string, Tensor>([
      ["a", { dtype: "f32", dims: [count, width], data }],
      ["b", b],
    ]);
    use(((await session.run(feeds)).get("squares") as Tensor).data as Float32Array, from, count);
  }
}

/** Squared distance of each row to the k-th nearest other row. */
async function radii(
  session: Session,
  rows: Float32Array,
  width: number,
  k: number,
): Promise<Float64Array> {
  const n = rows.length / width;
  const found = new Float64Array(n);
  const nearest = new Float64Array(k);
  await eachBlock(session, rows, rows, width, (squares, from, count) => {
    for (let i = 0; i < count; i++) {
      nearest.fill(Number.POSITIVE_INFINITY);
      for (let j = 0; j < n; j++) {
        const d = squares[i * n + j] as number;
        if (j === from + i || d >= (nearest[k - 1] as number)) continue;
        let at = k - 1;
        for (; at > 0 && (nearest[at - 1] as number) > d; at--)
          nearest[at] = nearest[at - 1] as number;
        nearest[at] = d;
      }
      found[from + i] = nearest[k - 1] as number;
    }
  });
  return found;
}
