import { usageError } from "../util/errors.ts";
import { Random } from "../util/random.ts";

/** Where an order stands: JSON-safe, so that a checkpoint can hold it. */
export interface BatchOrderState {
  readonly epoch: number;
  /** How many images of this epoch have been given out. */
  readonly position: number;
}

/**
 * The order in which images are seen: epoch e is the permutation drawn from the seed's stream
 * `order/<e>`, so it depends on nothing but (count, batch, seed) and can be entered anywhere.
 * Drop-last: an epoch gives floor(count / batch) whole batches and leaves its last images out.
 * With fewer images than a batch holds, nothing is dropped: batches run across epochs.
 */
export class BatchOrder {
  readonly count: number;
  readonly batch: number;
  readonly seed: number;
  #epoch = 0;
  #position = 0;
  #permutation: Uint32Array;

  /** Throws a usage error unless count and batch are whole numbers >= 1 and `state` fits them. */
  constructor(count: number, batch: number, seed: number, state?: BatchOrderState) {
    for (const [name, value] of Object.entries({ count, batch })) {
      if (!Number.isSafeInteger(value) || value < 1 || value > 0xffff_ffff) {
        throw usageError(`${name} must be a whole number >= 1, received ${value}.`);
      }
    }
    this.count = count;
    this.batch = batch;
    this.seed = seed;
    if (state) {
      const { epoch, position } = state;
      if (!Number.isSafeInteger(epoch) || epoch < 0) {
        throw usageError(`order epoch must be a whole number >= 0, received ${epoch}.`);
      }
      if (!Number.isSafeInteger(position) || position < 0 || position > count) {
        throw usageError(
          `order position must be a whole number from 0 to ${count}, received ${position}.`,
        );
      }
      this.#epoch = epoch;
      this.#position = position;
    }
    this.#permutation = this.#permute();
  }

  /** Whole batches in an epoch; 0 when the images are fewer than a batch. */
  get batchesPerEpoch(): number {
    return Math.floor(this.count / this.batch);
  }

  get state(): BatchOrderState {
    return { epoch: this.#epoch, position: this.#position };
  }

  /** The indices of the next batch, always `batch` of them. */
  next(): Uint32Array {
    const { count, batch } = this;
    if (count >= batch && this.#position + batch > count) this.#nextEpoch();
    const indices = new Uint32Array(batch);
    for (let filled = 0; filled < batch; ) {
      if (this.#position === count) this.#nextEpoch();
      const n = Math.min(batch - filled, count - this.#position);
      indices.set(this.#permutation.subarray(this.#position, this.#position + n), filled);
      this.#position += n;
      filled += n;
    }
    return indices;
  }

  #nextEpoch(): void {
    this.#epoch++;
    this.#position = 0;
    this.#permutation = this.#permute();
  }

  #permute(): Uint32Array {
    return new Random(this.seed, `order/${this.#epoch}`).permutation(this.count);
  }
}
