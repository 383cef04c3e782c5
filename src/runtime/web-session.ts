import type { Env } from "onnxruntime-common";
import { GansmithError } from "../util/errors.ts";
import { lowerForWebgpu } from "./lower-for-webgpu.ts";
import { type OrtApi, ortBackend } from "./ort-session.ts";
import type { Backend, Lowering } from "./session.ts";

export interface WebBackendOptions {
  /**
   * Where onnxruntime-web's `.wasm` and `.mjs` files lie: a folder's URL that ends in "/", or the
   * URL of each. By default they are looked for beside the script.
   */
  readonly wasmPaths?: Env.WasmPrefixOrFilePaths;
  /** Threads of one operator; needs a cross-origin isolated page (COOP and COEP headers). */
  readonly threads?: number;
  /** The backend's own graph pass. */
  readonly lowering?: Lowering;
}

/** Errors are thrown; ONNX Runtime would print them as well. */
export const fatalOnly = 4;

/** ONNX Runtime on the CPU through WebAssembly, in a browser or a worker. */
export function wasmBackend(options: WebBackendOptions = {}): Backend {
  return ortBackend({
    name: "wasm",
    load: () => loadWeb("wasm", options),
    sessionOptions: { executionProviders: ["wasm"], logSeverityLevel: fatalOnly },
    lowering: options.lowering,
    keepsOnDevice: false,
    writesInPlace: false,
  });
}

/** ONNX Runtime on the GPU through the browser's WebGPU. */
export function webgpuBackend(options: WebBackendOptions = {}): Backend {
  return ortBackend({
    name: "webgpu",
    load: () => loadWeb("webgpu", options),
    sessionOptions: { executionProviders: ["webgpu"], logSeverityLevel: fatalOnly },
    lowering: (outputs) => lowerForWebgpu(options.lowering?.(outputs) ?? outputs),
    keepsOnDevice: true,
    writesInPlace: false,
    download: (tensor) => tensor.getData(),
  });
}

/** Whether the browser offers WebGPU, on hardware unless software adapters count too. */
export async function hasGpu(softwareToo = false): Promise<boolean> {
  const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? softwareToo || !adapter.info.isFallbackAdapter : false;
}

/** ONNX Runtime for the browser. Throws a runtime error where it cannot be loaded, or there is no GPU. */
export async function loadWeb(
  name: "wasm" | "webgpu",
  options: WebBackendOptions = {},
): Promise<OrtApi> {
  if (name === "wasm") return configured(name, import("onnxruntime-web/wasm"), options);
  if (!(await hasGpu(true))) {
    throw new GansmithError(
      "runtime",
      "this browser gives no WebGPU adapter; use the wasm backend.",
    );
  }
  return configured(name, import("onnxruntime-web/webgpu"), options);
}

async function configured(
  name: string,
  module: Promise<typeof import("onnxruntime-web")>,
  { wasmPaths, threads }: WebBackendOptions,
): Promise<OrtApi> {
  const ort = await module.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new GansmithError("runtime", `onnxruntime-web (${name}) cannot be loaded: ${why}.`, {
      cause: error,
    });
  });
  ort.env.logLevel = "fatal";
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  return ort;
}
