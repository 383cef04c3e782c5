/** A dense row-major array in f64, as the reference interpreter holds it. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) {
    strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  }
  return strides;
}

/**
 * For each element of `outShape`, in row-major order, the offset into an array of shape `from`
 * broadcast to `outShape`.
 */
export function broadcastOffsets(from: readonly number[], outShape: readonly number[]): Int32Array {
  const lead = outShape.length - from.length;
  const own = stridesOf(from);
  const strides = outShape.map((_, i) =>
    i < lead || from[i - lead] === 1 ? 0 : (own[i - lead] as number),
  );
  return stridedOffsets(outShape, strides);
}

/** The offsets sum(index[i] * strides[i]) for every index of `shape`, in row-major order. */
export function stridedOffsets(shape: readonly number[], strides: readonly number[]): Int32Array {
  const out = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      offset += stride;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      offset -= stride * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
