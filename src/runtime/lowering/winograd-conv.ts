import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import { type ConvRecipe, type ConvSizes, isSquare } from "./conv-recipe.ts";
import { fusedMatMul } from "./cpu-ops.ts";
import { largestWholeMap, storedRows, tileOf } from "./forms.ts";
import { at, type Matrix, matrix, minimalFilter, transposed } from "./winograd-matrices.ts";

/** Kernels by `kernel/stride` whose polyphase parts have the taps of a minimal filter. */
const supported: readonly string[] = ["4/2", "3/1"];

/** Below this many channels on either side the transforms cost more than they save. */
const fewestChannels = 16;

/**
 * Convolutions as Winograd's minimal filtering in matrix products (arXiv 1509.09308). A kernel of
 * stride s is the sum of s x s polyphase kernels of r = k/s taps at stride 1, whose channels are put
 * side by side; F(m x m, r x r) then takes (m+r-1)^2 products for m^2 outputs: 25/64 of the direct
 * ones for 4x4 at stride 2 and m = 4. All transforms are constant matrices over positions, so that
 * the padding is zeros in them, and a transposed convolution uses the transposed matrices.
 */
export function winogradConv(sizes: ConvSizes): ConvRecipe | undefined {
  const { x, w, y, strides } = sizes;
  const [kernel, stride, out] = [w[2], strides[0], y[2]];
  if (!isSquare(sizes) || !supported.includes(`${kernel}/${stride}`)) return undefined;
  if (Math.min(x[1], w[0]) < fewestChannels) return undefined;
  // Maps of up to 8x8 take the larger tile even if it stands out over the edge.
  const tile = out <= largestWholeMap ? (out <= 4 ? 2 : 4) : tileOf(out);
  return tile === undefined ? undefined : new WinogradConv(sizes, tile);
}

class WinogradConv implements ConvRecipe {
  readonly forms = { x: "rows", w: "taps", y: "rows" } as const;
  #sizes: ConvSizes;
  /** Points of a tile in one direction, tiles in one direction, phases in one direction. */
  #n: number;
  #t: number;
  #phases: number;
  #input: InputTransform;
  #output: Transform;
  #weight: Value;
  #weightBack: Value;
  #gather: Value;
  #scatter: Value;

  constructor(sizes: ConvSizes, tile: number) {
    const { x, w, y, strides, pads } = sizes;
    const [batch, size, kernel, out] = [x[0], x[2], w[2], y[2]];
    const s = strides[0];
    const filter = minimalFilter(tile, kernel / s);
    const n = filter.n;
    const t = Math.ceil(out / tile);
    this.#sizes = sizes;
    this.#n = n;
    this.#t = t;
    this.#phases = s;
    // Tap s q + ph of output o reads pixel s (o + q) + ph - pad.
    const into = matrix(n * t * s, size, (row, pixel) => {
      const [a, th, ph] = [Math.floor(row / (t * s)), Math.floor(row / s) % t, row % s];
      const step = pixel - ph + pads[0];
      const l = step / s - tile * th;
      return step % s === 0 && l >= 0 && l < n ? at(filter.bt, a, l) : 0;
    });
    this.#input = inputTransform(into, { n, t, s, size });
    this.#output = outputTransform(filter.at, { n, t, out, tile });
    const taps = matrix(n * s, kernel, (row, k) =>
      k % s === row % s ? at(filter.g, Math.floor(row / s), Math.floor(k / s)) : 0,
    );
    // [(a,b,ph,pw), (ky,kx)]
    const both = matrix(n * n * s * s, kernel * kernel, (row, tap) => {
      const [a, b] = [Math.floor(row / (n * s * s)), Math.floor(row / (s * s)) % n];
      const [ph, pw] = [Math.floor(row / s) % s, row % s];
      return at(taps, a * s + ph, Math.floor(tap / kernel)) * at(taps, b * s + pw, tap % kernel);
    });
    this.#weight = constantOf(both);
    this.#weightBack = constantOf(transposed(both));
    const order = this.#input.rowsOf(batch);
    const back = new Int32Array(order.length);
    order.forEach((from, to) => {
      back[from] = to;
    });
    this.#gather = ops.constant(order, [order.length]);
    this.#scatter = ops.constant(back, [back.length]);
  }

  conv(x: Value, w: Value): Value {
    return this.#fromTiles(ops.matMul(this.#spreadInput(x), this.#spreadWeight(w)));
  }

  inputGrad(y: Value, w: Value): Value {
    const products = fusedMatMul(this.#toTiles(y), this.#spreadWeight(w), { transB: true });
    return this.#gatherInput(products);
  }

  weightGrad(x: Value, y: Value): Value {
    const products = fusedMatMul(this.#spreadInput(x), this.#toTiles(y), { transA: true });
    const { w } = this.#sizes;
    const points = this.#n ** 2 * this.#phases ** 2;
    const back = ops.matMul(this.#weightBack, ops.reshape(products, [points, w[1] * w[0]]));
    return ops.reshape(back, [w[2], w[3], w[1], w[0]]);
  }

  /** x [H,W,N,C] -> [points, tiles*N, phases*C] */
  #spreadInput(x: Value): Value {
    const [batch, channels] = this.#sizes.x;
    const spread = this.#input.apply(x, batch * channels);
    const rows = ops.gatherRows(ops.reshape(spread, this.#rowShape()), this.#gather);
    return ops.reshape(rows, [this.#n ** 2, this.#t ** 2 * batch, this.#phases ** 2 * channels]);
  }

  #gatherInput(v: Value): Value {
    const [batch, channels, height, width] = this.#sizes.x;
    const rows = ops.gatherRows(ops.reshape(v, this.#rowShape()), this.#scatter);
    const x = this.#input.applyBack(rows, batch * channels);
    return ops.reshape(x, [height, width, batch, channels]);
  }

  /** What one step of the reordering moves: all of a position where there is a single phase. */
  #rowShape(): number[] {
    const [batch, channels] = this.#sizes.x;
    const positions = (this.#n * this.#t * this.#phases) ** 2;
    return this.#phases === 1 ? [positions, batch * channels] : [positions * batch, channels];
  }

  /** w [kh,kw,C,K] -> [points, phases*C, K] */
  #spreadWeight(w: Value): Value {
    const [k, c, kh, kw] = this.#sizes.w;
    const spread = ops.matMul(this.#weight, ops.reshape(w, [kh * kw, c * k]));
    return ops.reshape(spread, [this.#n ** 2, this.#phases ** 2 * c, k]);
  }

  /** [points, tiles*N, K] -> y [H',W',N,K] */
  #fromTiles(products: Value): Value {
    const [batch, channels, height, width] = this.#sizes.y;
    const y = this.#output.apply(products, batch * channels);
    return ops.reshape(y, [height, width, batch, channels]);
  }

  #toTiles(y: Value): Value {
    const [batch, channels] = this.#sizes.y;
    const tiles = this.#output.applyBack(y, batch * channels);
    return ops.reshape(tiles, [this.#n ** 2, this.#t ** 2 * batch, channels]);
  }
}

/** A linear map over positions and its transpose; `width` numbers lie at each position. */
interface Transform {
  apply(x: Value, width: number): Value;
  applyBack(y: Value, width: number): Value;
}

interface InputTransform extends Transform {
  /** For the reordering to [a,b,tiles,N,phases]: the row that each one is taken from. */
  rowsOf(batch: number): Int32Array;
}

/** Pixels -> tile points and phases: one matrix for small maps, else one for each direction. */
function inputTransform(
  into: Matrix,
  { n, t, s, size }: { n: number; t: number; s: number; size: number },
): InputTransform {
  const stored = storedRows(size);
  const tall = matrix(into.rows, size, (i, p) => at(into, i, stored[p] as number));
  const whole = size <= largestWholeMap;
  const g = n * t * s;
  // The strides of (a,th,ph) and (b,tw,pw) in the transform's result.
  const place = whole
    ? (h: readonly number[], w: readonly number[]) => {
        const [a, th, ph] = h as [number, number, number];
        const [b, tw, pw] = w as [number, number, number];
        return ((((a * n + b) * t + th) * t + tw) * s + ph) * s + pw;
      }
    : (h: readonly number[], w: readonly number[]) => joined(h, t, s) * g + joined(w, t, s);
  const rowsOf = (batch: number) => {
    const perRow = s === 1 ? 1 : batch;
    const rows = new Int32Array(g * g * perRow);
    let i = 0;
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++)
        for (let th = 0; th < t; th++)
          for (let tw = 0; tw < t; tw++)
            for (let image = 0; image < perRow; image++)
              for (let ph = 0; ph < s; ph++)
                for (let pw = 0; pw < s; pw++)
                  rows[i++] = place([a, th, ph], [b, tw, pw]) * perRow + image;
    return rows;
  };
  if (whole) {
    const both = new Float64Array(g * g * size * size);
    for (let h = 0; h < g; h++) {
      for (let w = 0; w < g; w++) {
        const row = place(split(h, t, s), split(w, t, s));
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            both[(row * size + i) * size + j] = at(tall, h, i) * at(into, w, j);
          }
        }
      }
    }
    const m = { rows: g * g, cols: size * size, data: both };
    return { ...single(m), rowsOf };
  }
  const [down, downBack] = [constantOf(tall), constantOf(transposed(tall))];
  const [across, acrossBack] = [constantOf(into, true), constantOf(transposed(into), true)];
  return {
    rowsOf,
    apply: (x, width) => {
      const rows = ops.matMul(down, ops.reshape(x, [size, size * width]));
      return ops.matMul(across, ops.reshape(rows, [g, size, width]));
    },
    applyBack: (y, width) => {
      const rows = ops.matMul(acrossBack, ops.reshape(y, [g, g, width]));
      return ops.matMul(downBack, ops.reshape(rows, [g, size * width]));
    },
  };
}

/** Tile points -> outputs, leaving the rows of large maps in `rowOrder`. */
function outputTransform(
  filter: Matrix,
  { n, t, out, tile }: { n: number; t: number; out: number; tile: number },
): Transform {
  // Output pixel o = tile s + j from point b of tile u.
  const from = (o: number, b: number, u: number) =>
    Math.floor(o / tile) === u ? at(filter, o % tile, b) : 0;
  if (out <= largestWholeMap) {
    return single(
      matrix(out * out, n * n * t * t, (pixel, col) => {
        const [a, b] = [Math.floor(col / (n * t * t)), Math.floor(col / (t * t)) % n];
        const [th, tw] = [Math.floor(col / t) % t, col % t];
        return from(Math.floor(pixel / out), a, th) * from(pixel % out, b, tw);
      }),
    );
  }
  const across = matrix(out, n * t, (o, col) => from(o, Math.floor(col / t), col % t));
  const [down, downBack] = [constantOf(filter), constantOf(transposed(filter))];
  const [wide, wideBack] = [constantOf(across, true), constantOf(transposed(across), true)];
  // [i,b,th] <-> [i,th,b]: with its points side by side, every row of tiles is a small product.
  const swapped = (first: number, second: number) => {
    const order = Int32Array.from({ length: tile * first * second }, (_, at) => {
      const [i, row, point] = [
        Math.floor(at / (n * t)),
        Math.floor(at / first) % second,
        at % first,
      ];
      return i * n * t + point * second + row;
    });
    return ops.constant(order, [order.length]);
  };
  const [toRows, toPoints] = [swapped(n, t), swapped(t, n)];
  return {
    apply: (x, width) => {
      const rows = ops.matMul(down, ops.reshape(x, [n, n * t * t * width]));
      const tiles = ops.gatherRows(ops.reshape(rows, [tile * n * t, t * width]), toRows);
      return ops.matMul(wide, ops.reshape(tiles, [tile * t, n * t, width]));
    },
    applyBack: (y, width) => {
      const tiles = ops.matMul(wideBack, ops.reshape(y, [tile * t, out, width]));
      const rows = ops.gatherRows(ops.reshape(tiles, [tile * t * n, t * width]), toPoints);
      return ops.matMul(downBack, ops.reshape(rows, [tile, n * t * t * width]));
    },
  };
}

function single(m: Matrix): Transform {
  const [there, back] = [constantOf(m), constantOf(transposed(m))];
  return {
    apply: (x, width) => ops.matMul(there, ops.reshape(x, [m.cols, width])),
    applyBack: (y, width) => ops.matMul(back, ops.reshape(y, [m.rows, width])),
  };
}

function constantOf(m: Matrix, batched = false): Value {
  return ops.constant(m.data, batched ? [1, m.rows, m.cols] : [m.rows, m.cols]);
}

function joined([a, tile, phase]: readonly number[], t: number, s: number): number {
  return ((a as number) * t + (tile as number)) * s + (phase as number);
}

function split(i: number, t: number, s: number): [number, number, number] {
  return [Math.floor(i / (t * s)), Math.floor(i / s) % t, i % s];
}
