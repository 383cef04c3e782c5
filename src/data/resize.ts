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
  const rows = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - stretch + 0.5));
    const high = Math.min(from, Math.trunc(centre + stretch + 0.5));
    const w = Array.from({ length: high - low }, (_, k) =>
      Math.max(0, 1 - Math.abs((low + k - centre + 0.5) / stretch)),
    );
    const sum = w.reduce((a, b) => a + b, 0);
    return { low, w: w.map((v) => Math.trunc(0.5 + (v / sum) * (1 << BITS))) };
  });
  const taps = Math.max(...rows.map((r) => r.w.length));
  const first = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (const [i, { low, w }] of rows.entries()) {
    // Shifted at the far edge, so that every target pixel reads `taps` pixels that exist.
    const start = Math.min(low, from - taps);
    first[i] = start;
    weights.set(w, i * taps + (low - start));
  }
  const made = { taps, first, weights };
  known.set(key, made);
  return made;
}

/**
 * Resizes one plane of bytes, [h, w] -> [toH, toW]: bilinear with half-pixel centres, antialiased
 * when it shrinks, rows first, rounded to bytes after each axis. For square planes equal byte for
 * byte to Pillow's `resize(..., BILINEAR)` and so to torchvision's `Resize` on PIL images.
 * Differs: for planes that are not square Pillow 13 may resize the columns first (+-1).
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
  for (let x = 0; x < to; x++) {
    const start = first[x] as number;
    if (taps === 2) {
      // Enlarging, the common case, unrolled.
      const a = weights[2 * x] as number;
      const b = weights[2 * x + 1] as number;
      for (let y = 0, from = start, at = x; y < h; y++, from += w, at += to) {
        const left = Math.imul(a, source[from] as number);
        out[at] = (HALF + left + Math.imul(b, source[from + 1] as number)) >> BITS;
      }
      continue;
    }
    for (let y = 0, from = start, at = x; y < h; y++, from += w, at += to) {
      let sum = HALF;
      for (let k = 0; k < taps; k++) {
        sum += Math.imul(weights[x * taps + k] as number, source[from + k] as number);
      }
      out[at] = sum >> BITS;
    }
  }
  return out;
}

function resizeColumns(source: Uint8Array, h: number, w: number, to: number): Uint8Array {
  const { taps, first, weights } = axisWeights(h, to);
  const out = new Uint8Array(to * w);
  for (let y = 0; y < to; y++) {
    const start = (first[y] as number) * w;
    const end = (y + 1) * w;
    if (taps === 2) {
      const a = weights[2 * y] as number;
      const b = weights[2 * y + 1] as number;
      for (let at = y * w, from = start; at < end; at++, from++) {
        const above = Math.imul(a, source[from] as number);
        out[at] = (HALF + above + Math.imul(b, source[from + w] as number)) >> BITS;
      }
      continue;
    }
    for (let at = y * w, from = start; at < end; at++, from++) {
      let sum = HALF;
      for (let k = 0; k < taps; k++) {
        sum += Math.imul(weights[y * taps + k] as number, source[from + k * w] as number);
      }
      out[at] = sum >> BITS;
    }
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
