import * as ops from "../../graph/ops/index.ts";
import type { Value } from "../../graph/value.ts";

/**
 * How an array of four axes [N,C,H,W] (or [K,C,kh,kw]) lies in memory:
 * `plain` as it is; `rows` [H,W,N,C], positions outermost, with the rows of large maps in `rowOrder`;
 * `columns` [C,H,W,N], the batch innermost; `taps` [kh,kw,C,K].
 */
export type Form = "plain" | "rows" | "columns" | "taps";

type Sizes = readonly number[];

/** The axis of [N,C,H,W] that stands at each place. */
const orders: Readonly<Record<Form, readonly number[]>> = {
  plain: [0, 1, 2, 3],
  rows: [2, 3, 0, 1],
  columns: [1, 2, 3, 0],
  taps: [2, 3, 1, 0],
};

/** Maps up to this size are transformed by one matrix over all positions, in natural order. */
export const largestWholeMap = 8;

/** The outputs of a Winograd tile in each direction where a map is wider than `largestWholeMap`. */
export function tileOf(height: number): number | undefined {
  return height % 4 === 0 ? 4 : height % 2 === 0 ? 2 : undefined;
}

/**
 * The image row that each stored row of a map holds; undefined where that is the natural order.
 * Winograd's output transform leaves row m t + i at i T + t (tiles of m rows, T tiles); every reader
 * takes that into its constants, so nothing is moved.
 */
export function rowOrder(height: number): number[] | undefined {
  const tile = tileOf(height);
  if (height <= largestWholeMap || tile === undefined) return undefined;
  const tiles = height / tile;
  return Array.from({ length: height }, (_, p) => tile * (p % tiles) + Math.floor(p / tiles));
}

/** `rowOrder` also where it is natural. */
export function storedRows(height: number): number[] {
  return rowOrder(height) ?? Array.from({ length: height }, (_, i) => i);
}

/** Sizes in [N,C,H,W] order -> sizes in a form's order. */
export function sizesIn(form: Form, sizes: Sizes): number[] {
  return orders[form].map((axis) => sizes[axis] as number);
}

/** The place of an [N,C,H,W] axis in a form. */
export function axisIn(form: Form, axis: number): number {
  return orders[form].indexOf(axis);
}

/** Whether a change of form only renames axes: all that are not 1 keep their order. */
export function isFree(sizes: Sizes, from: Form, to: Form): boolean {
  const long = (form: Form) => orders[form].filter((axis) => sizes[axis] !== 1).join();
  const moved = from !== to && (from === "rows" || to === "rows");
  return long(from) === long(to) && !(moved && rowOrder(sizes[2] as number));
}

/** An array of [N,C,H,W] `sizes` in another form. */
export function convert(value: Value, sizes: Sizes, from: Form, to: Form): Value {
  if (from === to) return value;
  if (isFree(sizes, from, to)) return ops.reshape(value, sizesIn(to, sizes));
  const rows = rowOrder(sizes[2] as number);
  let current = value;
  if (rows && from === "rows") {
    const back = Int32Array.from(rows, (_, i) => rows.indexOf(i));
    current = ops.gatherRows(current, ops.constant(back, [back.length]));
  }
  current = ops.transpose(
    current,
    orders[to].map((axis) => orders[from].indexOf(axis)),
  );
  if (rows && to === "rows") {
    const order = Int32Array.from(rows);
    current = ops.gatherRows(current, ops.constant(order, [order.length]));
  }
  return current;
}

/** What has been made of each value of the original graph, in which forms. */
export class FormTable {
  #forms = new Map<Value, Map<Form, Value>>();
  #native = new Map<Value, Form>();
  #makers = new Map<Value, (form: Form) => Value>();

  /** Records the value that stands for `original`. What is plain at no cost is held as plain. */
  set(original: Value, form: Form, value: Value): void {
    const sizes = original.shape as Sizes;
    const plain = form !== "plain" && isFree(sizes, form, "plain");
    const held = plain ? "plain" : form;
    this.#native.set(original, held);
    this.#forms.set(original, new Map([[held, plain ? convert(value, sizes, form, held) : value]]));
  }

  /** Records a value that costs the same in every form. */
  setLazy(original: Value, make: (form: Form) => Value): void {
    this.#native.set(original, "plain");
    this.#forms.set(original, new Map());
    this.#makers.set(original, make);
  }

  /** The form that the value was made in. */
  native(original: Value): Form {
    return this.#native.get(original) as Form;
  }

  get(original: Value, form: Form): Value {
    const forms = this.#forms.get(original) as Map<Form, Value>;
    const known = forms.get(form);
    if (known) return known;
    const native = this.native(original);
    const made =
      this.#makers.get(original)?.(form) ??
      convert(forms.get(native) as Value, original.shape as Sizes, native, form);
    forms.set(form, made);
    return made;
  }

  /** An operand that broadcasts against four axes: lower ranks get leading ones. */
  operand(original: Value, form: Form): Value {
    const missing = 4 - original.shape.length;
    if (missing === 0) return this.get(original, form);
    const sizes = [...new Array<number>(missing).fill(1), ...(original.shape as Sizes)];
    return convert(ops.reshape(this.get(original, "plain"), sizes), sizes, "plain", form);
  }
}
