/** The weights of one axis: `taps` source pixels from `first[i]` make target pixel i. */
interface AxisWeights {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Int32Array;
}

/** Weights are fixed-point numbers with this many fraction bits: 8 bits of pixel + 2 of headroom. */
const BITS = 32 - 8 - 2;
const HALF = 1 << (BITS - 1);

const known = new Map<string, AxisWeights>();

function axisWeights(from: number, to: number): AxisWeights {
  const key = `${from}>${to}`;
  const have = known.get(key);
  if (have) return have;
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const taps = Math.ceil(stretch) * 2 + 1;
  const first = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - stretch + 0.5));
    const high = Math.min(from, Math.trunc(centre + stretch + 0.5));
    const w: number[] = [];
    for (let x = low; x < high; x++) {
      w.push(Math.max(0, 1 - Math.abs((x - centre + 0.5) / stretch)));
    }
    const sum = w.reduce((a, b) => a + b, 0);
    first[i] = low;
    for (const [k, v] of w.entries()) {
      weights[i * taps + k] = Math.trunc(0.5 + (v / sum) * (1 << BITS));
    }
  }
  const made = { taps, first, weights };
  known.set(key, made);
  return made;
}

/**
 * Resizes one plane of bytes, [h, w] -> [toH, toW]: bilinear with half-pixel centres, antialiased
 * when it shrinks, rounded to bytes after each axis. Equal byte for byte to Pillow's
 * `resize(..., BILINEAR)` and so to torchvision's `Resize` on PIL images.
 */
export function resizePlane(
  source: Uint8Array,
  h: number,
  w: number,
  toH: number,
  toW: number,
): Uint8Array {
  const wide = w === toW ? source : resizeRows(source, h, w, toW);
  return h === toH ? wide : resizeColumns(wide, h, toW, toH);
}

function resizeRows(source: Uint8Array, h: number, w: number, to: number): Uint8Array {
  const { taps, first, weights } = axisWeights(w, to);
  const out = new Uint8Array(h * to);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < to; x++) {
      const from = y * w + (first[x] as number);
      let sum = HALF;
      for (let k = 0; k < taps; k++) {
        const weight = weights[x * taps + k] as number;
        if (weight !== 0) sum += weight * (source[from + k] as number);
      }
      out[y * to + x] = sum >> BITS;
    }
  }
  return out;
}

function resizeColumns(source: Uint8Array, h: number, w: number, to: number): Uint8Array {
  const { taps, first, weights } = axisWeights(h, to);
  const out = new Uint8Array(to * w);
  const sums = new Int32Array(w);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    for (let k = 0; k < taps; k++) {
      const weight = weights[y * taps + k] as number;
      if (weight === 0) continue;
      const from = ((first[y] as number) + k) * w;
      for (let x = 0; x < w; x++) {
        sums[x] = (sums[x] as number) + weight * (source[from + x] as number);
      }
    }
    for (let x = 0; x < w; x++) out[y * w + x] = (sums[x] as number) >> BITS;
  }
  return out;
}

/** How a picture that is not square becomes square. */
export type Fit = "crop" | "pad" | "stretch";

/** Makes one plane square by the rule `fit`: centre crop, centred on `padding`, or stretched. */
export function fitPlane(
  source: Uint8Array,
  h: number,
  w: number,
  size: number,
  fit: Fit,
  padding: number,
): Uint8Array {
  if (h === w || fit === "stretch") return resizePlane(source, h, w, size, size);
  const side = fit === "crop" ? Math.min(h, w) : Math.max(h, w);
  const square = new Uint8Array(side * side).fill(padding);
  const top = Math.floor((side - h) / 2);
  const left = Math.floor((side - w) / 2);
  for (let y = Math.max(0, top); y < Math.min(side, top + h); y++) {
    const from = Math.max(0, left);
    const row = (y - top) * w + (from - left);
    square.set(source.subarray(row, row + Math.min(side, w)), y * side + from);
  }
  return resizePlane(square, side, side, size, size);
}

/** Luma of byte planes (ITU-R 601, rounded), as Pillow's `convert("L")`. */
export function luma(r: number, g: number, b: number): number {
  return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
}
