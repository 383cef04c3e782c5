import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";

/** How a window of `size` moves along one axis; `same` pads so that ceil(length / stride) fit. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly same: boolean;
}

/** Elements added before and after an axis, the odd one after (TensorFlow's rule). */
export function samePadding(length: number, { size, stride }: Window): [number, number] {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + size - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Means of windows over height and width, of what lies inside: [N,C,H,W] -> [N,C,H',W']. */
export function averagePool(x: Value, [rows, columns]: readonly [Window, Window]): Value {
  const [h, w] = [staticDim(x, 2), staticDim(x, 3)];
  const [up, across] = [meanMatrix(h, rows), meanMatrix(w, columns)];
  const left = ops.constant(up, [up.length / h, h]);
  const right = ops.constant(across, [across.length / w, w]);
  return ops.matMul(left, ops.matMul(x, right, { transB: true }));
}

/** The weights [windows, length] that average each window of an axis. */
function meanMatrix(length: number, window: Window): Float64Array {
  const [before, after] = window.same ? samePadding(length, window) : [0, 0];
  const windows = Math.floor((length + before + after - window.size) / window.stride) + 1;
  const matrix = new Float64Array(windows * length);
  for (let i = 0; i < windows; i++) {
    const start = i * window.stride - before;
    const [from, to] = [Math.max(start, 0), Math.min(start + window.size, length)];
    matrix.fill(1 / (to - from), i * length + from, i * length + to);
  }
  return matrix;
}

/** Maxima of windows without padding over height and width: [N,C,H,W] -> [N,C,H',W']. */
export function maxPool(x: Value, [rows, columns]: readonly [Window, Window]): Value {
  return maxAlong(maxAlong(x, 2, rows), 3, columns);
}

function maxAlong(x: Value, axis: 2 | 3, { size, stride }: Window): Value {
  const windows = Math.floor((staticDim(x, axis) - size) / stride) + 1;
  let y: Value | undefined;
  for (let k = 0; k < size; k++) {
    const taken = everyNth(x, axis, k, stride, windows);
    y = y ? ops.maximum(y, taken) : taken;
  }
  return y as Value;
}

/** Elements start, start + step, ... along an axis. */
function everyNth(x: Value, axis: 2 | 3, start: number, step: number, count: number): Value {
  const end = start + count * step;
  const missing = Math.max(0, end - staticDim(x, axis));
  const long = missing > 0 ? ops.pad(x, axis, 0, missing) : x;
  const span = ops.slice(long, axis, start, end);
  if (step === 1) return span;
  const grouped = [...span.shape.slice(0, axis), count, step, ...span.shape.slice(axis + 1)];
  return ops.reshape(ops.slice(ops.reshape(span, grouped), axis + 1, 0, 1), [
    ...span.shape.slice(0, axis),
    count,
    ...span.shape.slice(axis + 1),
  ]);
}
