import { GansmithError } from "../util/errors.ts";
import type { OnnxAttribute, OnnxGraph } from "./model-types.ts";
import type { AttributeProto, GraphProto } from "./proto-schema.ts";
import { tensorFromProto, tensorToProto } from "./tensor.ts";

const FLOAT = 1;
const INT = 2;
const STRING = 3;
const TENSOR = 4;
const GRAPH = 5;
const FLOATS = 6;
const INTS = 7;
const STRINGS = 8;

/** Describes an attribute as an AttributeProto; `where` names its node in errors. */
export function attributeToProto(
  name: string,
  value: OnnxAttribute,
  where: string,
  convert: { graphToProto(graph: OnnxGraph): GraphProto },
): AttributeProto {
  const place = `${where}: attribute "${name}"`;
  if (typeof value === "number") return { name, type: INT, i: whole(value, place) };
  if (typeof value === "string") return { name, type: STRING, s: new TextEncoder().encode(value) };
  if (isList(value)) return { name, type: INTS, ints: value.map((x) => whole(x, place)) };
  if ("float" in value) return { name, type: FLOAT, f: value.float };
  if ("floats" in value) return { name, type: FLOATS, floats: value.floats };
  if ("ints" in value) return { name, type: INTS, ints: value.ints.map((x) => whole(x, place)) };
  if ("strings" in value) {
    const encoder = new TextEncoder();
    return { name, type: STRINGS, strings: value.strings.map((s) => encoder.encode(s)) };
  }
  if ("tensor" in value) return { name, type: TENSOR, t: tensorToProto(value.tensor, place) };
  if ("graph" in value) return { name, type: GRAPH, g: convert.graphToProto(value.graph) };
  throw new GansmithError("graph", `ONNX ${place}: its value has no known form.`);
}

/** Reads an AttributeProto; throws for the kinds that gansmith does not support. */
export function attributeFromProto(
  proto: AttributeProto,
  where: string,
  convert: { graphFromProto(graph: GraphProto): OnnxGraph },
): OnnxAttribute {
  const place = `${where}: attribute "${proto.name ?? ""}"`;
  switch (proto.type) {
    case FLOAT:
      return { float: proto.f ?? 0 };
    case INT:
      return proto.i ?? 0;
    case STRING:
      return text(proto.s ?? new Uint8Array(), place);
    case TENSOR:
      if (proto.t) return { tensor: tensorFromProto(proto.t, place) };
      break;
    case GRAPH:
      if (proto.g) return { graph: convert.graphFromProto(proto.g) };
      break;
    case FLOATS:
      return { floats: proto.floats ?? [] };
    case INTS:
      return proto.ints ?? [];
    case STRINGS:
      return { strings: (proto.strings ?? []).map((s) => text(s, place)) };
  }
  throw new GansmithError(
    "data",
    `ONNX ${place} has type ${proto.type ?? "missing"}, which is not supported; expected a ` +
      "float, int, string, tensor, graph, or a list of floats, ints or strings.",
  );
}

function isList(value: OnnxAttribute): value is readonly number[] {
  return Array.isArray(value);
}

function whole(value: number, place: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new GansmithError(
    "graph",
    `ONNX ${place} is ${value}, not a whole number; write { float: ${value} } for a float.`,
  );
}

function text(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new GansmithError("data", `ONNX ${place} is not UTF-8 text.`, { cause: error });
  }
}
