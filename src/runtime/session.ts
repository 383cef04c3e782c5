import type { DType, Value } from "../graph/value.ts";
import type { NamedGraph } from "../onnx/emit.ts";

/** A dense row-major array in host memory; bool is one byte an element, 0 or 1. */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** An array that lives on the accelerator: an output that can be fed back without a copy. */
export interface DeviceTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Copies it to host memory. */
  read(): Promise<Tensor>;
  /** Frees the memory; the tensor must not be used afterwards. */
  release(): void;
}

/** A compiled graph. */
export interface Session {
  /** The inputs that the simplified graph really reads; `run` needs these and no others. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Feeds that the session does not read are ignored. Outputs named in `into`
   * are written to those buffers in place and the same tensors are returned. Throws a
   * GansmithError where a feed is missing or does not fit the input's type and shape.
   */
  run(
    feeds: ReadonlyMap<string, Tensor | DeviceTensor>,
    into?: ReadonlyMap<string, Tensor>,
  ): Promise<Map<string, Tensor | DeviceTensor>>;
  release(): Promise<void>;
}

export type BackendName = "reference" | "cpu" | "webgpu" | "cuda" | "wasm";

/** Something that runs graphs. */
export interface Backend {
  readonly name: BackendName;
  /** Whether outputs named in `deviceOutputs` stay on the accelerator and can be fed back. */
  readonly keepsOnDevice: boolean;
  /** Optimizer updates belong into the graphs: state stays where the graphs run. */
  readonly updatesInGraph?: boolean;
  /** The backend's own graph pass. `compile` runs it; run earlier over several graphs at once, it is idle there. */
  readonly lowering?: Lowering | undefined;
  /** Simplifies, lowers and emits the graph, and makes a session of it. */
  compile(graph: NamedGraph, options?: CompileOptions): Promise<Session>;
  release?(): Promise<void>;
}

export interface CompileOptions {
  /** Outputs to leave on the accelerator as DeviceTensors; ignored where `keepsOnDevice` is false. */
  readonly deviceOutputs?: readonly string[];
  /**
   * Working memory is given back after each use instead of being kept for the next run, where the
   * backend can choose: about a seventh slower, a third less memory.
   */
  readonly returnsMemory?: boolean;
}

/** A backend's own graph pass, run after `simplify`: convolutions in the form it runs best. */
export type Lowering = (outputs: readonly Value[]) => Value[];

export function isDeviceTensor(tensor: Tensor | DeviceTensor): tensor is DeviceTensor {
  return "read" in tensor;
}
