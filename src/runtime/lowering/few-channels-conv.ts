import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";
import type { ConvRecipe, ConvSizes } from "./conv-recipe.ts";
import { fusedMatMul } from "./cpu-ops.ts";
import { storedRows } from "./forms.ts";

/** Images, not feature maps: so few channels that the batch is the better innermost axis. */
const mostChannels = 4;
/** Terms of one pixel of a transposed convolution; each is a pass over the image. */
const mostTerms = 9;

/**
 * Convolutions that read or write images: one gather of batch-wide rows makes the columns, which
 * the convolution and its weight gradient share; the transpose is a product and a gather for each term.
 */
export function fewChannelsConv(sizes: ConvSizes): ConvRecipe | undefined {
  const { x, w, strides, dilations, groups } = sizes;
  const terms =
    Math.ceil(w[2] / strides[0]) *
    Math.ceil(w[3] / strides[1]) *
    Number(dilations.every((d) => d === 1));
  const suits = groups === 1 && x[1] <= mostChannels && terms > 0 && terms <= mostTerms;
  return suits ? new FewChannelsConv(sizes) : undefined;
}

class FewChannelsConv implements ConvRecipe {
  readonly forms = { x: "columns", w: "plain", y: "rows" } as const;
  #sizes: ConvSizes;
  #columns: Value;
  #terms: readonly Value[];
  #taps: number;

  constructor(sizes: ConvSizes) {
    this.#sizes = sizes;
    this.#taps = sizes.w[1] * sizes.w[2] * sizes.w[3];
    this.#columns = columnTable(sizes);
    this.#terms = termTables(sizes);
  }

  conv(x: Value, w: Value): Value {
    const { y } = this.#sizes;
    const weight = ops.reshape(w, [y[1], this.#taps]);
    const rows = fusedMatMul(this.#toColumns(x), weight, { transA: true, transB: true });
    return ops.reshape(rows, [y[2], y[3], y[0], y[1]]);
  }

  inputGrad(y: Value, w: Value): Value {
    const { x, y: to } = this.#sizes;
    const weight = ops.transpose(ops.reshape(w, [to[1], this.#taps]));
    const withZero = ops.concat([weight, zeros([1, to[1]])], 0);
    const products = fusedMatMul(withZero, ops.reshape(y, [to[2] * to[3] * to[0], to[1]]), {
      transB: true,
    });
    const rows = ops.reshape(products, [(this.#taps + 1) * to[2] * to[3], x[0]]);
    const sum = this.#terms.map((t) => ops.gatherRows(rows, t)).reduce((a, b) => ops.add(a, b));
    return ops.reshape(sum, [x[1], x[2], x[3], x[0]]);
  }

  weightGrad(x: Value, y: Value): Value {
    const { w, y: to } = this.#sizes;
    const each = ops.matMul(this.#toColumns(x), ops.reshape(y, [to[2], to[3] * to[0], to[1]]));
    return ops.reshape(ops.transpose(ops.reduceSum(each, [0])), w);
  }

  /** x [C,H,W,N] -> [H', C*kh*kw, W'*N] */
  #toColumns(x: Value): Value {
    const {
      x: [batch, c, h, w],
      y,
    } = this.#sizes;
    const rows = ops.concat([ops.reshape(x, [c * h * w, batch]), zeros([1, batch])], 0);
    return ops.reshape(ops.gatherRows(rows, this.#columns), [y[2], this.#taps, y[3] * batch]);
  }
}

function zeros([rows, cols]: readonly [number, number]): Value {
  return ops.broadcastTo(ops.scalar(0), [rows, cols]);
}

/** [H' as stored, (c,ky,kx), W'] -> the pixel's row in [C*H*W], or the zero row behind them. */
function columnTable({ x, w, y, strides, pads }: ConvSizes): Value {
  const [, c, height, width] = x;
  const table: number[] = [];
  for (const oy of storedRows(y[2])) {
    for (let channel = 0; channel < c; channel++) {
      for (let ky = 0; ky < w[2]; ky++) {
        for (let kx = 0; kx < w[3]; kx++) {
          for (let ox = 0; ox < y[3]; ox++) {
            const row = oy * strides[0] - pads[0] + ky;
            const col = ox * strides[1] - pads[1] + kx;
            const inside = row >= 0 && row < height && col >= 0 && col < width;
            table.push(inside ? (channel * height + row) * width + col : c * height * width);
          }
        }
      }
    }
  }
  return ops.constant(Int32Array.from(table), [table.length]);
}

/** For each term, [C*H*W] -> its row in [taps + 1, H' as stored, W'], whose last tap is zeros. */
function termTables({ x, w, y, strides, pads }: ConvSizes): Value[] {
  const [, c, height, width] = x;
  const stored = storedRows(y[2]);
  const place = stored.map((_, row) => stored.indexOf(row));
  const zero = c * w[2] * w[3] * y[2] * y[3];
  const reached = (pixel: number, axis: 0 | 1) => {
    const pairs: [tap: number, output: number][] = [];
    for (let k = 0; k < w[axis === 0 ? 2 : 3]; k++) {
      const o = (pixel + pads[axis] - k) / strides[axis];
      if (Number.isInteger(o) && o >= 0 && o < y[axis === 0 ? 2 : 3]) pairs.push([k, o]);
    }
    return pairs;
  };
  const down = Array.from({ length: height }, (_, i) => reached(i, 0));
  const across = Array.from({ length: width }, (_, j) => reached(j, 1));
  const longest = (lists: readonly unknown[][]) => Math.max(...lists.map((l) => l.length));
  const [nDown, nAcross] = [longest(down), longest(across)];
  return Array.from({ length: nDown * nAcross }, (_, term) => {
    const table = new Int32Array(c * height * width).fill(zero);
    down.forEach((rows, i) => {
      const [ky, oy] = rows[Math.floor(term / nAcross)] ?? [];
      across.forEach((cols, j) => {
        const [kx, ox] = cols[term % nAcross] ?? [];
        if (ky === undefined || oy === undefined || kx === undefined || ox === undefined) return;
        for (let channel = 0; channel < c; channel++) {
          const tap = (channel * w[2] + ky) * w[3] + kx;
          table[(channel * height + i) * width + j] =
            (tap * y[2] + (place[oy] as number)) * y[3] + ox;
        }
      });
    });
    return ops.constant(table, [table.length]);
  });
}
