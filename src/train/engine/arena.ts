import { createKernelMemory } from "../../runtime/kernel/optimizer-kernel.ts";

const alignmentBytes = 64;

/** Reserves aligned f32 ranges first, then allocates them all at once: growing would detach views. */
export class ArenaPlan {
  #bytes = 0;

  /** Reserves room for `count` floats; returns its byte offset. */
  reserve(count: number): number {
    const offset = this.#bytes;
    this.#bytes += paddedCount(count) * 4;
    return offset;
  }

  /** The memory that the kernel works on; ranges start as zeros. */
  allocate(): ReturnType<typeof createKernelMemory> {
    return createKernelMemory(this.#bytes);
  }
}

/** Floats that a range of `count` takes, so that the next one is aligned again. */
export function paddedCount(count: number): number {
  const step = alignmentBytes / 4;
  return Math.ceil(count / step) * step;
}
