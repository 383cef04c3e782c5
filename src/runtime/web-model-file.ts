import type { Tensor as OrtTensor } from "onnxruntime-common";
import { GansmithError } from "../util/errors.ts";
import type { Tensor } from "./session.ts";
import { fatalOnly, loadWeb, type WebBackendOptions } from "./web-session.ts";

/** An ONNX file at work. */
export interface ModelFileSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Feeds by input name -> the outputs by name, on the host. */
  run(feeds: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor["data"]>>;
  release(): Promise<void>;
}

export interface ModelFileOptions extends WebBackendOptions {
  /** Whether ONNX Runtime's passes go over the graph; true by default. Thousands of nodes open sooner without. */
  readonly optimize?: boolean;
}

/**
 * Opens the bytes of an `.onnx` file in a browser, on the CPU through WebAssembly or on the GPU. Throws a
 * runtime error where ONNX Runtime refuses the file or a feed.
 */
export async function openModelFile(
  bytes: Uint8Array,
  backend: "wasm" | "webgpu",
  { optimize = true, ...options }: ModelFileOptions = {},
): Promise<ModelFileSession> {
  const ort = await loadWeb(backend, options);
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [backend],
    logSeverityLevel: fatalOnly,
    graphOptimizationLevel: optimize ? "all" : "disabled",
  }).catch((error: unknown) => {
    throw failed("refuses the file", error);
  });
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const given: Record<string, OrtTensor> = {};
      for (const [name, { dtype, dims, data }] of feeds) {
        given[name] =
          dtype === "i32"
            ? new ort.Tensor("int32", data as Int32Array, dims)
            : new ort.Tensor("float32", data as Float32Array, dims);
      }
      const found = await session.run(given).catch((error: unknown) => {
        throw failed("cannot run the file", error);
      });
      const outputs = Object.entries(found).map(
        async ([name, tensor]) => [name, (await tensor.getData()) as Tensor["data"]] as const,
      );
      return new Map(await Promise.all(outputs));
    },
    release: () => session.release(),
  };
}

function failed(what: string, error: unknown): GansmithError {
  const why = (error instanceof Error ? error.message : String(error)).split("\n")[0];
  return new GansmithError("runtime", `ONNX Runtime ${what}: ${why}`, { cause: error });
}
