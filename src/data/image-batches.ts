import type { BatchOrder, BatchOrderState } from "./batches.ts";
import type { ImageDataset } from "./image-dataset.ts";

/** One batch; the arrays are valid until the next call of `next`. */
export interface Batch {
  /** [N, C, H, W] in [-1, 1]. */
  readonly images: Float32Array;
  /** [N], -1 where there are no labels. */
  readonly labels: Int32Array;
  /** [N], which images they are. */
  readonly indices: Uint32Array;
}

/** The batches of an order over a data set, one after the other. */
export interface ImageBatches {
  /** Where the order stands after the batches taken so far: what a checkpoint keeps. */
  readonly state: BatchOrderState;
  next(): Batch;
  close(): void;
}

/** Reads each batch when it is asked for, where there is no thread to read ahead. */
export class PlainBatches implements ImageBatches {
  readonly #data: ImageDataset;
  readonly #order: BatchOrder;
  readonly #images: Float32Array;

  constructor(data: ImageDataset, order: BatchOrder) {
    this.#data = data;
    this.#order = order;
    this.#images = new Float32Array(order.batch * data.channels * data.size ** 2);
  }

  get state(): BatchOrderState {
    return this.#order.state;
  }

  next(): Batch {
    const indices = Uint32Array.from(this.#order.next());
    this.#data.read(indices, this.#images);
    const labels = Int32Array.from(indices, (i) => this.#data.labelOf(i));
    return { images: this.#images, labels, indices };
  }

  close(): void {}
}
