import { GansmithError, usageError } from "../util/errors.ts";
import { type Chunks, decodeMessage, encodeChunks, joinChunks } from "../util/protobuf.ts";
import { attributeFromProto, attributeToProto } from "./attribute.ts";
import { checkGraph } from "./check-graph.ts";
import type { OnnxGraph, OnnxModel, OnnxValueInfo } from "./model-types.ts";
import type { GraphProto, ModelProto, ValueInfoProto } from "./proto-schema.ts";
import { MODEL_SCHEMA } from "./proto-schema.ts";
import { dtypeCode, dtypeOfCode, tensorFromProto, tensorToProto } from "./tensor.ts";

export type { OnnxAttribute, OnnxModel } from "./model-types.ts";
export type { OnnxTensor } from "./tensor.ts";

/** Operator set 21 (ONNX 1.16): all that gansmith emits, and every ONNX Runtime since 1.18 runs it. */
export const DEFAULT_OPSET = 21;
const DEFAULT_IR_VERSION = 10;
/** Protocol Buffers refuses messages of 2 GiB and above. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Encodes a model as the bytes of an `.onnx` file. Throws a GansmithError that names the node or
 * tensor if the graph is not well formed (unknown or duplicate values, wrong data length).
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  return joinChunks(encodeModelChunks(model));
}

/** As `encodeModel`, in parts: the initializers are views of the caller's arrays, not copies. */
export function encodeModelChunks(model: OnnxModel): Chunks {
  checkGraph(model.graph);
  const opset = model.opset ?? DEFAULT_OPSET;
  const domains = { ...model.domains };
  for (const domain of usedDomains(model.graph)) domains[domain] ??= 1;
  delete domains[""];
  const versions = [{ domain: "", version: opset }];
  for (const [domain, version] of Object.entries(domains)) versions.push({ domain, version });
  for (const { domain, version } of versions) {
    if (!Number.isSafeInteger(version) || version < 1) {
      throw usageError(
        `ONNX model: operator set "${domain}" has version ${version}; expected a whole number >= 1.`,
      );
    }
  }
  const proto: ModelProto = {
    irVersion: model.irVersion ?? DEFAULT_IR_VERSION,
    opsetImport: versions,
    producerName: model.producerName ?? "gansmith",
    ...(model.producerVersion === undefined ? {} : { producerVersion: model.producerVersion }),
    ...(model.docString === undefined ? {} : { docString: model.docString }),
    graph: graphToProto(model.graph),
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
  };
  const chunks = encodeChunks(MODEL_SCHEMA, proto);
  if (chunks.length > MAX_BYTES) {
    throw new GansmithError(
      "io",
      `ONNX model "${model.graph.name}" takes ${chunks.length} bytes; one file holds at most ` +
        `${MAX_BYTES}. Pass large weights as inputs instead of initializers.`,
    );
  }
  return chunks;
}

/**
 * Decodes an `.onnx` file and checks that its graph is well formed. Throws a GansmithError for
 * anything that is no ONNX model or uses parts of the format that gansmith does not support.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  let proto: ModelProto;
  try {
    proto = decodeMessage<ModelProto>(MODEL_SCHEMA, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GansmithError("data", `not a valid ONNX file: ${why}.`, { cause: error });
  }
  if (!proto.graph || !proto.irVersion) {
    throw new GansmithError("data", "not a valid ONNX file: it holds no IR version or no graph.");
  }
  if (proto.functions?.length) {
    throw new GansmithError(
      "data",
      "the ONNX file defines its own functions, which are not supported; inline them first.",
    );
  }
  const domains: Record<string, number> = {};
  let opset: number | undefined;
  for (const { domain, version } of proto.opsetImport) {
    if (domain && domain !== "ai.onnx") domains[domain] = version ?? 1;
    else opset = version;
  }
  const { producerName, producerVersion, docString } = proto;
  const graph = graphFromProto(proto.graph);
  checkGraph(graph, "data");
  return {
    graph,
    ...(opset === undefined ? {} : { opset }),
    ...(Object.keys(domains).length ? { domains } : {}),
    irVersion: proto.irVersion,
    ...(producerName === undefined ? {} : { producerName }),
    ...(producerVersion === undefined ? {} : { producerVersion }),
    ...(docString === undefined ? {} : { docString }),
    ...(proto.metadataProps.length
      ? {
          metadata: Object.fromEntries(
            proto.metadataProps.map(({ key, value }) => [key ?? "", value ?? ""]),
          ),
        }
      : {}),
  };
}

function usedDomains(graph: OnnxGraph, found = new Set<string>()): Set<string> {
  for (const node of graph.nodes) {
    if (node.domain && node.domain !== "ai.onnx") found.add(node.domain);
    for (const value of Object.values(node.attributes ?? {})) {
      if (typeof value === "object" && "graph" in value) usedDomains(value.graph, found);
    }
  }
  return found;
}

function graphToProto(graph: OnnxGraph): GraphProto {
  return {
    name: graph.name,
    node: graph.nodes.map((node) => ({
      input: node.inputs,
      output: node.outputs,
      ...(node.name === undefined ? {} : { name: node.name }),
      opType: node.op,
      ...(node.domain ? { domain: node.domain } : {}),
      attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
        attributeToProto(name, value, `${node.op} "${node.name ?? node.outputs[0] ?? ""}"`, {
          graphToProto,
        }),
      ),
    })),
    initializer: graph.initializers.map((t) => tensorToProto(t, `initializer "${t.name}"`)),
    input: graph.inputs.map(valueInfoToProto),
    output: graph.outputs.map(valueInfoToProto),
    ...(graph.stated && { valueInfo: graph.stated.map(valueInfoToProto) }),
  };
}

function graphFromProto(proto: GraphProto): OnnxGraph {
  if (proto.sparseInitializer?.length) {
    throw new GansmithError("data", "the ONNX file has sparse weights, which are not supported.");
  }
  return {
    name: proto.name ?? "",
    nodes: proto.node.map((node) => {
      const op = node.opType ?? "";
      const where = `${op} "${node.name ?? node.output[0] ?? ""}"`;
      const attributes = node.attribute.map(
        (a) => [a.name ?? "", attributeFromProto(a, where, { graphFromProto })] as const,
      );
      return {
        op,
        ...(node.domain ? { domain: node.domain } : {}),
        inputs: node.input,
        outputs: node.output,
        ...(attributes.length ? { attributes: Object.fromEntries(attributes) } : {}),
        ...(node.name === undefined ? {} : { name: node.name }),
      };
    }),
    inputs: proto.input.map((info) => valueInfoFromProto(info, "input")),
    outputs: proto.output.map((info) => valueInfoFromProto(info, "output")),
    initializers: proto.initializer.map((t) => tensorFromProto(t, `initializer "${t.name ?? ""}"`)),
  };
}

function valueInfoToProto({ name, dtype, shape, sequence }: OnnxValueInfo): ValueInfoProto {
  const elemType = dtypeCode(dtype, `value "${name}"`);
  if (sequence) return { name, type: { sequenceType: { elemType: { tensorType: { elemType } } } } };
  const dim = shape.map((d) => {
    if (typeof d === "number") return { dimValue: d };
    return d === "" ? {} : { dimParam: d };
  });
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

function valueInfoFromProto(proto: ValueInfoProto, what: string): OnnxValueInfo {
  const name = proto.name ?? "";
  const tensor = proto.type?.tensorType;
  if (!tensor?.shape) {
    throw new GansmithError(
      "data",
      `ONNX ${what} "${name}" has no tensor type with a shape; sequences, maps and tensors of ` +
        "unknown rank are not supported.",
    );
  }
  return {
    name,
    dtype: dtypeOfCode(tensor.elemType, `${what} "${name}"`),
    shape: tensor.shape.dim.map((d) => d.dimValue ?? d.dimParam ?? ""),
  };
}
