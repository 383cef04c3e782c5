import { GansmithError, usageError } from "../../util/errors.ts";
import { KERNEL_WASM_BASE64 } from "./kernel-wasm.ts";
import { PAGE_BYTES, type WasmMemory, wasm } from "./wasm.ts";

/** Adam (arXiv 1412.6980); with `weightDecay`, AdamW's decoupled form (arXiv 1711.05101). */
export interface AdamSettings {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** 1 - beta1^t, at step t = 1, 2, ... */
  readonly biasCorrection1: number;
  /** 1 - beta2^t. */
  readonly biasCorrection2: number;
  /** Decoupled; default 0. */
  readonly weightDecay?: number;
}

export interface RmspropSettings {
  readonly lr: number;
  /** Decay of the mean square. */
  readonly alpha: number;
  readonly eps: number;
  /** Default 0: `buf` is not touched. */
  readonly momentum?: number;
  /** L2, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

export interface SgdSettings {
  readonly lr: number;
  /** Default 0: `buf` is not touched. */
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** L2, added to the gradient; default 0. */
  readonly weightDecay?: number;
  /** The first step: the momentum buffer starts as the gradient, whatever it held. */
  readonly first: boolean;
}

/**
 * In-place updates of f32 ranges in one WebAssembly.Memory. Ranges are byte offsets, multiples of 4,
 * each `n` elements long; they must not overlap. Every method throws a GansmithError on a range
 * outside the memory. Results are the same bits on every machine.
 *
 * Differs: first moments below the smallest normal number (1.2e-38) become 0, and second moments count
 * gradients whose square is that small as if it were that number: PyTorch keeps denormals, at about 30
 * times the cost.
 */
export interface OptimizerKernel {
  /** m = lerp(m, g, 1 - beta1), v = beta2 v + (1 - beta2) g^2, p -= lr m^ / (sqrt(v^) + eps). */
  adam(at: AdamRanges, n: number, settings: AdamSettings): void;
  /** sq = alpha sq + (1 - alpha) g^2, buf = momentum buf + g / (sqrt(sq) + eps), p -= lr buf. */
  rmsprop(at: RmspropRanges, n: number, settings: RmspropSettings): void;
  /** buf = momentum buf + g, p -= lr buf (Nesterov: g + momentum buf). */
  sgd(at: SgdRanges, n: number, settings: SgdSettings): void;
  /** target = decay target + (1 - decay) source. */
  ema(at: { readonly target: number; readonly source: number }, n: number, decay: number): void;
  /** The sum of x^2, accumulated in f64. */
  sumSquares(x: number, n: number): number;
  /** Whether no element is NaN or infinite. */
  allFinite(x: number, n: number): boolean;
  /** x = s x. */
  scale(x: number, n: number, s: number): void;
}

export interface AdamRanges {
  readonly param: number;
  readonly grad: number;
  readonly m: number;
  readonly v: number;
}

export interface RmspropRanges {
  readonly param: number;
  readonly grad: number;
  readonly sq: number;
  /** Needed with momentum. */
  readonly buf?: number;
}

export interface SgdRanges {
  readonly param: number;
  readonly grad: number;
  /** Needed with momentum. */
  readonly buf?: number;
}

/** What assembly/index.ts exports. */
interface KernelExports {
  adam(...values: AdamArguments): void;
  rmsprop(...values: RmspropArguments): void;
  sgd(...values: SgdArguments): void;
  ema(target: number, source: number, n: number, decay: number): void;
  sumSquares(x: number, n: number): number;
  allFinite(x: number, n: number): number;
  scale(x: number, n: number, s: number): void;
}
type Four = [number, number, number, number];
type Five = [...Four, number];
type AdamArguments = [...Five, ...Five, number, number];
type RmspropArguments = [...Five, ...Five];
type SgdArguments = [...Five, ...Four];

const MAX_PAGES = 65_536;
let compiled: object | undefined;

/**
 * A WebAssembly.Memory of at least `bytes` bytes, all zero. Throws a GansmithError if there is not
 * that much memory, or for more than 4 GiB.
 */
export function createKernelMemory(bytes: number): WasmMemory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (!(pages >= 0 && pages <= MAX_PAGES)) {
    throw usageError(`kernel memory holds 0 to 2^32 bytes, received ${bytes}.`);
  }
  try {
    return new wasm.Memory({ initial: pages });
  } catch (error) {
    throw new GansmithError(
      "runtime",
      `no memory for the parameters and optimizer state (${Math.ceil(bytes / 2 ** 20)} MiB); use a ` +
        "smaller model or close other programs.",
      { cause: error },
    );
  }
}

/** Binds the kernel to `memory`, a WebAssembly.Memory that holds all parameters and state. */
export function createOptimizerKernel(memory: WasmMemory): OptimizerKernel {
  compiled ??= new wasm.Module(
    Uint8Array.from(atob(KERNEL_WASM_BASE64), (char) => char.charCodeAt(0)),
  );
  const kernel = new wasm.Instance(compiled, { env: { memory } }).exports as KernelExports;
  const check = (at: Readonly<Record<string, number>>, n: number): void =>
    checkRanges(at, n, memory.buffer.byteLength);
  return {
    adam(at, n, s) {
      const { param, grad, m, v } = at;
      check({ param, grad, m, v }, n);
      const { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2, weightDecay = 0 } = s;
      checkFinite({ lr, beta1, beta2, eps, biasCorrection1, biasCorrection2, weightDecay });
      const betas = [beta1, beta2] as const;
      const corrections = [biasCorrection1, biasCorrection2] as const;
      kernel.adam(param, grad, m, v, n, lr, ...betas, eps, ...corrections, weightDecay);
    },
    rmsprop(at, n, { lr, alpha, eps, momentum = 0, weightDecay = 0 }) {
      const { param, grad, sq, buf } = at;
      check({ param, grad, sq, ...bufferRange(buf, momentum) }, n);
      checkFinite({ lr, alpha, eps, momentum, weightDecay });
      kernel.rmsprop(param, grad, sq, buf ?? 0, n, lr, alpha, eps, momentum, weightDecay);
    },
    sgd(at, n, { lr, momentum = 0, nesterov = false, weightDecay = 0, first }) {
      const { param, grad, buf } = at;
      check({ param, grad, ...bufferRange(buf, momentum) }, n);
      checkFinite({ lr, momentum, weightDecay });
      const flags = [Number(nesterov), weightDecay, Number(first)] as const;
      kernel.sgd(param, grad, buf ?? 0, n, lr, momentum, ...flags);
    },
    ema(at, n, decay) {
      const { target, source } = at;
      check({ target, source }, n);
      checkFinite({ decay });
      kernel.ema(target, source, n, decay);
    },
    sumSquares(x, n) {
      check({ x }, n);
      return kernel.sumSquares(x, n);
    },
    allFinite(x, n) {
      check({ x }, n);
      return kernel.allFinite(x, n) === 1;
    },
    scale(x, n, s) {
      check({ x }, n);
      kernel.scale(x, n, s);
    },
  };
}

function bufferRange(buf: number | undefined, momentum: number): Record<string, number> {
  if (momentum === 0) return {};
  if (buf === undefined) throw usageError(`optimizer: momentum ${momentum} needs a buffer "buf".`);
  return { buf };
}

function checkRanges(at: Readonly<Record<string, number>>, n: number, bytes: number): void {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw usageError(`optimizer: n must be a whole number >= 0, received ${n}.`);
  }
  const ranges = Object.entries(at);
  for (const [name, offset] of ranges) {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset % 4 !== 0) {
      throw usageError(
        `optimizer: "${name}" must be a byte offset, a multiple of 4, received ${offset}.`,
      );
    }
    if (offset + 4 * n > bytes) {
      throw usageError(
        `optimizer: "${name}" covers bytes ${offset} to ${offset + 4 * n}, the memory has ${bytes}.`,
      );
    }
    for (const [other, start] of ranges) {
      if (other !== name && Math.abs(start - offset) < 4 * n) {
        throw usageError(`optimizer: "${name}" and "${other}" overlap.`);
      }
    }
  }
}

function checkFinite(settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isFinite(value)) {
      throw usageError(`optimizer: ${name} must be a finite number, received ${value}.`);
    }
  }
}
