import { type Attrs, graphError, staticDim, type Value } from "../../value.ts";

/** Window geometry over two spatial axes, as [vertical, horizontal]; pads as [top, left, bottom, right]. */
export interface ConvGeometry {
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
}

export type ConvOptions = Partial<ConvGeometry>;

export const unitGeometry: ConvGeometry = {
  strides: [1, 1],
  pads: [0, 0, 0, 0],
  dilations: [1, 1],
  groups: 1,
};

export function geometryOf(attrs: Attrs): ConvGeometry {
  return attrs as unknown as ConvGeometry;
}

export function geometryAttrs(options: ConvOptions): Attrs {
  const { strides, pads, dilations, groups } = { ...unitGeometry, ...options };
  return { strides, pads, dilations, groups };
}

/** Output height and width for an input of [h, w] and a kernel of [kh, kw]. */
export function convOutput(
  op: string,
  [h, w]: readonly [number, number],
  [kh, kw]: readonly [number, number],
  { strides, pads, dilations }: ConvGeometry,
): [number, number] {
  const size = (d: number, k: number, axis: 0 | 1) =>
    Math.floor(
      (d + pads[axis] + pads[(axis + 2) as 2 | 3] - dilations[axis] * (k - 1) - 1) / strides[axis],
    ) + 1;
  const out: [number, number] = [size(h, kh, 0), size(w, kw, 1)];
  if (!(out[0] > 0 && out[1] > 0)) {
    throw graphError(op, `a ${kh}x${kw} kernel does not fit a ${h}x${w} input`);
  }
  return out;
}

export function spatial(v: Value): [number, number] {
  return [staticDim(v, 2), staticDim(v, 3)];
}

export function requireRank4(op: string, inputs: readonly Value[]): void {
  if (inputs.some((v) => v.shape.length !== 4)) {
    throw graphError(op, "operands must have four axes, NCHW and OIHW", inputs);
  }
}

/** Calls `f` for each (output position, kernel tap) that reads inside the input. */
export function forEachTap(
  geometry: ConvGeometry,
  [h, w]: readonly [number, number],
  [kh, kw]: readonly [number, number],
  [oh, ow]: readonly [number, number],
  f: (input: number, tap: number, output: number) => void,
): void {
  const { strides, pads, dilations } = geometry;
  for (let oy = 0; oy < oh; oy++) {
    for (let ky = 0; ky < kh; ky++) {
      const y = oy * strides[0] - pads[0] + ky * dilations[0];
      if (y < 0 || y >= h) continue;
      for (let ox = 0; ox < ow; ox++) {
        for (let kx = 0; kx < kw; kx++) {
          const x = ox * strides[1] - pads[1] + kx * dilations[1];
          if (x >= 0 && x < w) f(y * w + x, ky * kw + kx, oy * ow + ox);
        }
      }
    }
  }
}

/**
 * The one loop nest behind the three reference rules: visits every product of a convolution as
 * offsets into x [N,C,H,W], w [K,C/groups,kh,kw] and y [N,K,oh,ow].
 */
export function forEachProduct(
  geometry: ConvGeometry,
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  f: (x: number, w: number, y: number) => void,
): void {
  const [n, c, h, wd] = x as [number, number, number, number];
  const [k, cg, kh, kw] = w as [number, number, number, number];
  const [, , oh, ow] = y as [number, number, number, number];
  const kg = k / geometry.groups;
  for (let b = 0; b < n; b++) {
    for (let o = 0; o < k; o++) {
      for (let i = 0; i < cg; i++) {
        const xBase = (b * c + Math.floor(o / kg) * cg + i) * h * wd;
        const wBase = (o * cg + i) * kh * kw;
        const yBase = (b * k + o) * oh * ow;
        forEachTap(geometry, [h, wd], [kh, kw], [oh, ow], (xi, wi, yi) =>
          f(xBase + xi, wBase + wi, yBase + yi),
        );
      }
    }
  }
}
