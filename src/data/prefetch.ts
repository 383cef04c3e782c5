import { Worker } from "node:worker_threads";
import { usageError } from "../util/errors.ts";
import type { BatchOrder, BatchOrderState } from "./batches.ts";
import type { Batch, ImageBatches } from "./image-batches.ts";
import type { ImageDataset } from "./image-dataset.ts";
import type { BatchArrays, PrefetchShared } from "./prefetch-slots.ts";
import { fillBatch, SLOTS, slotState } from "./prefetch-slots.ts";

/** A thread that has not finished a claimed batch by then is taken to be lost. */
const PATIENCE_MS = 5000;

/**
 * Reads the next batch in a worker thread while the present one is used. What comes out depends on
 * the order alone, never on timing: a batch that the thread has not begun is read here instead.
 * The order given belongs to the prefetcher from then on; `state` is that of the batches taken.
 */
export class Prefetcher implements ImageBatches {
  readonly #dataset: ImageDataset;
  readonly #order: BatchOrder;
  /** Where the order stands after the batch in each slot. */
  readonly #after: BatchOrderState[] = [];
  #slots: readonly BatchArrays[];
  #control: Int32Array;
  #worker: Worker | undefined;
  #state: BatchOrderState;
  #turn = 0;
  #inUse: number | undefined;
  #closed = false;

  /** `threaded: false` reads in the calling thread; so does TypeScript run from source. */
  constructor(
    dataset: ImageDataset,
    order: BatchOrder,
    { threaded = true }: { readonly threaded?: boolean } = {},
  ) {
    if (order.count !== dataset.count) {
      throw usageError(
        `the order is over ${order.count} images, data set "${dataset.name}" has ${dataset.count}.`,
      );
    }
    this.#dataset = dataset;
    this.#order = order;
    this.#state = order.state;
    this.#control = sharedControl();
    this.#slots = Array.from({ length: SLOTS }, () => this.#sharedSlot());
    for (let i = 0; i < SLOTS; i++) this.#request(i);
    if (threaded && !import.meta.url.endsWith(".ts")) this.#startWorker();
  }

  /** Where the order stands after the batches taken so far: what a checkpoint keeps. */
  get state(): BatchOrderState {
    return this.#state;
  }

  /** True while a thread reads ahead. */
  get threaded(): boolean {
    return this.#worker !== undefined;
  }

  /** The next batch of the order. */
  next(): Batch {
    if (this.#closed) throw usageError("the prefetcher was closed before this batch.");
    if (this.#inUse !== undefined) this.#request(this.#inUse);
    const turn = this.#turn;
    const { wanted, claimed, ready } = slotState;
    const seen = Atomics.compareExchange(this.#control, turn, wanted, claimed);
    if (seen === claimed) {
      const waited = Atomics.wait(this.#control, turn, claimed, PATIENCE_MS);
      if (waited === "timed-out") this.#abandonWorker();
    }
    const slot = this.#slots[turn] as BatchArrays;
    if (Atomics.load(this.#control, turn) !== ready) fillBatch(this.#dataset, slot);
    this.#state = this.#after[turn] as BatchOrderState;
    this.#inUse = turn;
    this.#turn = (turn + 1) % SLOTS;
    return slot;
  }

  /** Stops the thread; the data set stays open. */
  close(): void {
    this.#closed = true;
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #request(i: number): void {
    (this.#slots[i] as BatchArrays).indices.set(this.#order.next());
    this.#after[i] = this.#order.state;
    Atomics.store(this.#control, i, slotState.wanted);
    Atomics.add(this.#control, SLOTS, 1);
    Atomics.notify(this.#control, SLOTS);
  }

  #startWorker(): void {
    const workerData: PrefetchShared = {
      path: this.#dataset.cachePath,
      control: this.#control,
      slots: this.#slots,
    };
    const worker = new Worker(new URL("./prefetch-worker.js", import.meta.url), { workerData });
    worker.unref();
    // Without the thread `next` reads by itself, and meets and tells the same error.
    worker.on("error", () => this.#abandonWorker());
    this.#worker = worker;
  }

  /** Leaves the shared memory to a lost thread, which might still write, and goes on without it. */
  #abandonWorker(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    const inUse = this.#inUse;
    this.#slots = this.#slots.map((old, i) => {
      if (i === inUse) return old;
      const slot = this.#sharedSlot();
      slot.indices.set(old.indices);
      return slot;
    });
    this.#control = sharedControl();
  }

  #sharedSlot(): BatchArrays {
    const { batch } = this.#order;
    const floats = batch * this.#dataset.channels * this.#dataset.size ** 2;
    return {
      images: new Float32Array(new SharedArrayBuffer(4 * floats)),
      labels: new Int32Array(new SharedArrayBuffer(4 * batch)),
      indices: new Uint32Array(new SharedArrayBuffer(4 * batch)),
    };
  }
}

function sharedControl(): Int32Array {
  const control = new Int32Array(new SharedArrayBuffer(4 * (SLOTS + 1)));
  control.fill(slotState.wanted, 0, SLOTS);
  return control;
}
