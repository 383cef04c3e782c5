import { stridedOffsets, stridesOf } from "../../graph/nd-array.ts";

/** An array of `shape` that is held as transpose(array, order). */
export interface StoredLayout {
  readonly shape: readonly number[];
  readonly order: readonly number[];
}

/** The array as it is held. */
export function toStored(array: Float32Array, layout: StoredLayout): Float32Array {
  return Float32Array.from(offsetsOf(layout), (from) => array[from] as number);
}

/** The array in its own order, from how it is held. */
export function fromStored(held: Float32Array, layout: StoredLayout): Float32Array {
  const out = new Float32Array(held.length);
  offsetsOf(layout).forEach((to, i) => {
    out[to] = held[i] as number;
  });
  return out;
}

/** For each element as held, its offset in the array. */
function offsetsOf({ shape, order }: StoredLayout): Int32Array {
  const strides = stridesOf(shape);
  return stridedOffsets(
    order.map((axis) => shape[axis] as number),
    order.map((axis) => strides[axis] as number),
  );
}
