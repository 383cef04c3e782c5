/* The thread behind `Prefetcher`: waits for wanted slots, fills them, never returns. */
import { workerData } from "node:worker_threads";
import { openImageCache } from "./image-cache.ts";
import type { PrefetchShared } from "./prefetch-slots.ts";
import { fillBatch, SLOTS, slotState } from "./prefetch-slots.ts";

const { path, control, slots } = workerData as PrefetchShared;
const { wanted, claimed, ready } = slotState;
const dataset = openImageCache(path, { verify: false });
for (;;) {
  const requests = Atomics.load(control, SLOTS);
  for (const [i, slot] of slots.entries()) {
    if (Atomics.compareExchange(control, i, wanted, claimed) !== wanted) continue;
    fillBatch(dataset, slot);
    Atomics.store(control, i, ready);
    Atomics.notify(control, i);
  }
  Atomics.wait(control, SLOTS, requests);
}
