import { GansmithError, usageError } from "../../util/errors.ts";
import { lowerForWebgpu } from "../lower-for-webgpu.ts";
import { lowerForCpu } from "../lowering/index.ts";
import { type OrtApi, ortBackend } from "../ort-session.ts";
import type { Backend, Lowering } from "../session.ts";
import { physicalCores } from "./cpu-cores.ts";

export interface NodeBackendOptions {
  /** The backend's own graph pass, in place of its default. */
  readonly lowering?: Lowering;
}

export interface CpuBackendOptions extends NodeBackendOptions {
  /** Threads of one operator; the physical cores by default. Results depend on it bit by bit. */
  readonly threads?: number;
}

export interface WebgpuBackendOptions extends NodeBackendOptions {
  /** Refuse graphs of which a part would run on the CPU, with copies to and fro; false by default. */
  readonly wholeOnGpu?: boolean;
}

/** Each session has a pool that spins after a run; without this, sessions starve one another. */
const stopSpinning = { session: { force_spinning_stop: "1" } };
/** Errors are thrown; ONNX Runtime would print them as well. */
const fatalOnly = 4;

/** ONNX Runtime on the CPU. Throws a usage error unless `threads` is a whole number >= 1. */
export function cpuBackend(
  options: CpuBackendOptions = {},
): Backend & { readonly threads: number } {
  const threads = options.threads ?? physicalCores();
  if (!Number.isInteger(threads) || threads < 1) {
    throw usageError(`cpu backend: threads must be a whole number >= 1, received ${threads}.`);
  }
  const backend = ortBackend({
    name: "cpu",
    load,
    sessionOptions: {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Memory patterns would hold a second arena for the whole step: twice the peak, no gain in time.
      enableMemPattern: false,
      logSeverityLevel: fatalOnly,
      extra: stopSpinning,
    },
    returningMemory: { enableCpuMemArena: false },
    lowering: options.lowering ?? lowerForCpu,
    keepsOnDevice: false,
    writesInPlace: true,
    copiesReturns: true,
  });
  return { ...backend, threads };
}

/** ONNX Runtime on a GPU through WebGPU (Vulkan, Metal or Direct3D 12). */
export function webgpuBackend(options: WebgpuBackendOptions = {}): Backend {
  const fallback = options.wholeOnGpu ? { disable_cpu_ep_fallback: "1" } : {};
  return ortBackend({
    name: "webgpu",
    load: () => load("webgpu"),
    sessionOptions: {
      executionProviders: ["webgpu"],
      logSeverityLevel: fatalOnly,
      extra: { session: { ...stopSpinning.session, ...fallback } },
    },
    lowering: (outputs) => lowerForWebgpu(options.lowering?.(outputs) ?? outputs),
    keepsOnDevice: true,
    writesInPlace: false,
    explain: (message) =>
      /WebGPU adapter/.test(message)
        ? "there is no GPU with a Vulkan, Metal or Direct3D 12 driver; use the cpu backend"
        : undefined,
  });
}

/** ONNX Runtime on an NVIDIA GPU; outputs return to host memory after each run. */
export function cudaBackend(options: NodeBackendOptions = {}): Backend {
  return ortBackend({
    name: "cuda",
    load: () => load("cuda"),
    sessionOptions: {
      executionProviders: ["cuda"],
      logSeverityLevel: fatalOnly,
      extra: stopSpinning,
    },
    lowering: options.lowering,
    keepsOnDevice: false,
    writesInPlace: false,
    explain: (message) =>
      /shared library|CUDA failure|libcu/.test(message)
        ? "the CUDA provider does not load; it needs linux-x64, an NVIDIA driver, CUDA 12, cuDNN 9 " +
          "and `npm install onnxruntime-node --onnxruntime-node-install=cuda12`, or use the cpu " +
          `backend (ONNX Runtime says: ${message.trim()})`
        : undefined,
  });
}

/** Loads onnxruntime-node, whose binary exists for some platforms only. */
async function load(provider: "cpu" | "webgpu" | "cuda" = "cpu"): Promise<OrtApi> {
  let ort: typeof import("onnxruntime-node");
  try {
    ort = await import("onnxruntime-node");
  } catch (error) {
    throw new GansmithError(
      "runtime",
      `onnxruntime-node cannot be loaded on ${process.platform}-${process.arch} with Node.js ` +
        `${process.versions.node}: ${error instanceof Error ? error.message : error}. Install it ` +
        "with `npm install onnxruntime-node`; it needs glibc >= 2.28 on Linux, or use `--backend reference`.",
      { cause: error },
    );
  }
  const bundled = ort.listSupportedBackends().find((b) => b.name === provider);
  if (!bundled) {
    const known = ort.listSupportedBackends().map((b) => b.name);
    throw new GansmithError(
      "runtime",
      `this build of onnxruntime-node has no ${provider} provider; it has: ${known.join(", ")}.`,
    );
  }
  ort.env.logLevel = "fatal";
  return ort;
}
