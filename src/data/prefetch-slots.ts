import type { ImageDataset } from "./image-dataset.ts";

/** Double buffering: one batch in use, one being read. */
export const SLOTS = 2;

/** A slot is wanted by the consumer, claimed by whoever reads it, then ready. */
export const slotState = { wanted: 1, claimed: 2, ready: 3 } as const;

/** The arrays of one batch; in memory that both threads see. */
export interface BatchArrays {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly indices: Uint32Array;
}

/** What the two threads share: `control` holds the state of each slot and a count of requests. */
export interface PrefetchShared {
  readonly path: string;
  readonly control: Int32Array;
  readonly slots: readonly BatchArrays[];
}

/** Reads the images and labels that `indices` names. */
export function fillBatch(dataset: ImageDataset, { images, labels, indices }: BatchArrays): void {
  dataset.read(indices, images);
  for (const [n, i] of indices.entries()) labels[n] = dataset.labelOf(i);
}
