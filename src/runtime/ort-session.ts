import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { simplify } from "../graph/passes/index.ts";
import type { DType } from "../graph/value.ts";
import { emitModel, type NamedGraph } from "../onnx/emit.ts";
import { encodeModel, type OnnxModel } from "../onnx/model.ts";
import { GansmithError, usageError } from "../util/errors.ts";
import { checkFeeds, checkInto, releasedError } from "./feeds.ts";
import {
  type Backend,
  type BackendName,
  type CompileOptions,
  type DeviceTensor,
  isDeviceTensor,
  type Lowering,
  type Session,
  type Tensor,
} from "./session.ts";
import { isUnreturned, skipsReturns, unreturned, withUnreturned } from "./unreturned.ts";

/** The part of onnxruntime-node and onnxruntime-web that sessions use. */
export type OrtApi = Pick<typeof import("onnxruntime-common"), "InferenceSession" | "Tensor">;

/** How one ONNX Runtime execution provider is used. */
export interface OrtBackendSpec {
  readonly name: BackendName;
  /** Loads the library; called once, at the first compile. */
  readonly load: () => Promise<OrtApi>;
  readonly sessionOptions: InferenceSession.SessionOptions;
  /** Added for sessions that give their working memory back. */
  readonly returningMemory?: InferenceSession.SessionOptions;
  readonly lowering?: Lowering | undefined;
  /** Outputs can stay in GPU buffers. */
  readonly keepsOnDevice: boolean;
  /** Host buffers given as fetches are written in place; elsewhere results are copied into them. */
  readonly writesInPlace: boolean;
  /** It copies its outputs in order to return them, even those that it wrote in place. */
  readonly copiesReturns?: boolean;
  /** What a session's error means on this provider, where ONNX Runtime's words do not tell. */
  readonly explain?: (message: string) => string | undefined;
  /** Copies a GPU tensor to the host where getData() does it; else an Identity session does. */
  readonly download?: (tensor: OrtTensor) => Promise<OrtTensor["data"]>;
}

const ortTypes = { f32: "float32", i32: "int32", bool: "bool" } as const;

/** Runs graphs on an ONNX Runtime execution provider. */
export function ortBackend(spec: OrtBackendSpec): Backend {
  let loaded: Promise<OrtApi> | undefined;
  const load = () => {
    loaded ??= spec.load();
    return loaded;
  };
  let skipping: Promise<boolean> | undefined;
  const skips = async (ort: OrtApi) => {
    skipping ??= spec.copiesReturns
      ? skipsReturns(ort, spec.sessionOptions)
      : Promise.resolve(false);
    return skipping;
  };
  const downloads = new Map<string, Promise<InferenceSession>>();
  const download = async (tensor: OrtTensor, dtype: DType): Promise<Tensor["data"]> => {
    if (spec.download) return (await spec.download(tensor)) as Tensor["data"];
    const key = `${dtype}/${tensor.dims.length}`;
    const session = downloads.get(key) ?? identitySession(await load(), spec, dtype, tensor.dims);
    downloads.set(key, session);
    const { y } = await (await session).run({ x: tensor });
    return y?.data as Tensor["data"];
  };
  return {
    name: spec.name,
    keepsOnDevice: spec.keepsOnDevice,
    updatesInGraph: spec.keepsOnDevice,
    lowering: spec.lowering,
    compile: async (graph, options = {}) => {
      const ort = await load();
      const compiled = await compileModel(ort, spec, graph, options, await skips(ort));
      return new OrtSession(compiled, download);
    },
    release: async () => {
      for (const session of downloads.values()) await (await session).release();
      downloads.clear();
    },
  };
}

interface Compiled {
  readonly ort: OrtApi;
  readonly spec: OrtBackendSpec;
  readonly model: OnnxModel;
  readonly session: InferenceSession;
  readonly kept: ReadonlySet<string>;
  /** A run whose outputs are all written in place need not return them. */
  readonly skips: boolean;
}

/** simplify, lower, emit, encode, make a session. */
async function compileModel(
  ort: OrtApi,
  spec: OrtBackendSpec,
  graph: NamedGraph,
  { deviceOutputs = [], returnsMemory = false }: CompileOptions,
  skips: boolean,
): Promise<Compiled> {
  for (const name of deviceOutputs) {
    if (graph.outputs.has(name)) continue;
    const names = [...graph.outputs.keys()].join(", ");
    throw new GansmithError(
      "usage",
      `graph "${graph.name}": deviceOutputs names "${name}", which is no output. It gives: ${names}.`,
    );
  }
  const simple = simplify([...graph.outputs.values()]);
  const lowered = spec.lowering ? simplify(spec.lowering(simple)) : simple;
  const model = emitModel({
    ...graph,
    outputs: new Map([...graph.outputs.keys()].map((name, i) => [name, lowered[i] as never])),
  });
  const kept = new Set(spec.keepsOnDevice ? deviceOutputs : []);
  const locations = Object.fromEntries(
    [...graph.outputs.keys()].map((name) => [name, kept.has(name) ? "gpu-buffer" : "cpu"] as const),
  );
  const session = await createSession(ort, spec, skips ? withUnreturned(model) : model, {
    ...spec.sessionOptions,
    ...(returnsMemory && spec.returningMemory),
    ...(kept.size > 0 && { preferredOutputLocation: locations }),
  });
  return { ort, spec, model, session, kept, skips };
}

class OrtSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  #compiled: Compiled;
  #download: (tensor: OrtTensor, dtype: DType) => Promise<Tensor["data"]>;
  /** ONNX Runtime's view of each array that was fed, so that a step makes no new wrappers. */
  #wrappers = new WeakMap<Tensor["data"], OrtTensor>();
  #released = false;

  constructor(
    compiled: Compiled,
    download: (tensor: OrtTensor, dtype: DType) => Promise<Tensor["data"]>,
  ) {
    this.#compiled = compiled;
    this.#download = download;
    this.inputNames = compiled.model.graph.inputs.map((i) => i.name);
    this.outputNames = compiled.model.graph.outputs.map((o) => o.name);
  }

  async run(
    given: ReadonlyMap<string, Tensor | DeviceTensor>,
    into: ReadonlyMap<string, Tensor> = new Map(),
  ): Promise<Map<string, Tensor | DeviceTensor>> {
    const { spec, model, session, kept, skips } = this.#compiled;
    const { name, inputs, outputs } = this.#ports();
    if (this.#released) throw releasedError(name);
    const sizes = checkFeeds(name, inputs, given);
    checkInto(name, outputs, into, sizes);
    for (const output of into.keys()) {
      if (!kept.has(output)) continue;
      throw usageError(
        `session "${name}": output "${output}" stays on the device, it cannot be written into a buffer; read() it.`,
      );
    }
    const feeds: Record<string, OrtTensor> = {};
    for (const input of inputs) {
      feeds[input.name] = this.#wrap(input.name, given.get(input.name) as Tensor | DeviceTensor);
    }
    const fetches: Record<string, OrtTensor | null> = {};
    for (const output of outputs) {
      const target = spec.writesInPlace ? into.get(output.name) : undefined;
      fetches[output.name] = target ? this.#wrap(output.name, target) : null;
    }
    const skipped = skips && outputs.every((output) => into.has(output.name));
    if (skipped) fetches[unreturned] = null;
    const results = await session.run(feeds, fetches).catch((error: unknown) => {
      if (skipped && isUnreturned(error)) return {} as InferenceSession.OnnxValueMapType;
      throw runtimeError(model.graph, spec, error);
    });
    return new Map(
      outputs.map((output): [string, Tensor | DeviceTensor] => {
        const result = results[output.name] as OrtTensor;
        const target = into.get(output.name);
        if (kept.has(output.name)) {
          return [output.name, new OrtDeviceTensor(result, output.dtype, this.#download)];
        }
        if (!target) {
          const data = result.data as Tensor["data"];
          return [output.name, { dtype: output.dtype, dims: [...result.dims], data }];
        }
        // The runtime wrote into `target` through its own wrapper, or it has to be copied.
        if (!spec.writesInPlace) target.data.set(result.data as Float32Array);
        return [output.name, target];
      }),
    );
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#compiled.session.release();
  }

  #ports() {
    const { name, inputs, outputs } = this.#compiled.model.graph;
    type Ports = readonly { name: string; dtype: DType; shape: readonly (number | string)[] }[];
    return { name, inputs: inputs as Ports, outputs: outputs as Ports };
  }

  #wrap(port: string, tensor: Tensor | DeviceTensor): OrtTensor {
    if (isDeviceTensor(tensor)) {
      if (tensor instanceof OrtDeviceTensor && this.#compiled.spec.keepsOnDevice) {
        return tensor.onDevice();
      }
      throw new GansmithError(
        "runtime",
        `session "${this.#compiled.model.graph.name}" on ${this.#compiled.spec.name}: "${port}" ` +
          "lies on another device; read() it first.",
      );
    }
    const { dtype, dims, data } = tensor;
    const known = this.#wrappers.get(data);
    if (known?.dims.length === dims.length && known.dims.every((d, i) => d === dims[i])) {
      return known;
    }
    const made = new this.#compiled.ort.Tensor(ortTypes[dtype], data as Float32Array, dims);
    this.#wrappers.set(data, made);
    return made;
  }
}

class OrtDeviceTensor implements DeviceTensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  #tensor: OrtTensor | undefined;
  #download: (tensor: OrtTensor, dtype: DType) => Promise<Tensor["data"]>;

  constructor(
    tensor: OrtTensor,
    dtype: DType,
    download: (tensor: OrtTensor, dtype: DType) => Promise<Tensor["data"]>,
  ) {
    this.#tensor = tensor;
    this.#download = download;
    this.dtype = dtype;
    this.dims = [...tensor.dims];
  }

  onDevice(): OrtTensor {
    if (!this.#tensor) {
      throw new GansmithError("runtime", "a device tensor was used after its release().");
    }
    return this.#tensor;
  }

  async read(): Promise<Tensor> {
    const data = await this.#download(this.onDevice(), this.dtype);
    return { dtype: this.dtype, dims: this.dims, data };
  }

  release(): void {
    this.#tensor?.dispose();
    this.#tensor = undefined;
  }
}

/** Takes a GPU tensor in and gives it out on the host. */
function identitySession(
  ort: OrtApi,
  spec: OrtBackendSpec,
  dtype: DType,
  dims: readonly number[],
): Promise<InferenceSession> {
  const shape = dims.map((_, i) => `d${i}`);
  const model: OnnxModel = {
    graph: {
      name: "download",
      inputs: [{ name: "x", dtype, shape }],
      outputs: [{ name: "y", dtype, shape }],
      initializers: [],
      nodes: [{ op: "Identity", inputs: ["x"], outputs: ["y"] }],
    },
  };
  return createSession(ort, spec, model, spec.sessionOptions);
}

async function createSession(
  ort: OrtApi,
  spec: OrtBackendSpec,
  model: OnnxModel,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const bytes = encodeModel(model);
  try {
    return await ort.InferenceSession.create(bytes, options);
  } catch (error) {
    throw runtimeError(model.graph, spec, error);
  }
}

/** Names the op that a provider lacks where that is what went wrong. */
function runtimeError(
  { name: graph, nodes }: OnnxModel["graph"],
  { name: backend, explain }: OrtBackendSpec,
  error: unknown,
): GansmithError {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("fallback to CPU EP has been explicitly disabled")) {
    const ops = [...new Set(nodes.map((n) => n.op))].sort().join(", ");
    return new GansmithError(
      "runtime",
      `session "${graph}" cannot run whole on ${backend}: it has no kernel, with these types, for at least one of ${ops}.`,
      { cause: error },
    );
  }
  if (message === "Invalid argument") {
    return new GansmithError(
      "runtime",
      `session "${graph}" on ${backend}: an array was refused; memory that threads share (SharedArrayBuffer) is not accepted, copy it first.`,
      { cause: error },
    );
  }
  const missing = /implementation for (\w+)\(\d+\) node with name '([^']*)'/.exec(message);
  const why = missing
    ? `it has no kernel for the operator ${missing[1]} ("${missing[2]}") with these types`
    : (explain?.(message) ?? message);
  return new GansmithError("runtime", `session "${graph}" on ${backend}: ${why}.`, {
    cause: error,
  });
}
