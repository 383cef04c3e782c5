import type { MessageSchema } from "../util/protobuf.ts";

// The part of onnx.proto (github.com/onnx/onnx, Apache-2.0) that gansmith reads and writes: field
// numbers and types as published. Fields that only exist to be refused are listed too.

export interface DimensionProto {
  dimValue?: number;
  dimParam?: string;
}
export interface TypeProto {
  tensorType?: { elemType?: number; shape?: { dim: DimensionProto[] } };
  sequenceType?: { elemType?: TypeProto };
}
export interface ValueInfoProto {
  name?: string;
  type?: TypeProto;
}
export interface TensorProto {
  dims: readonly number[];
  dataType?: number;
  floatData?: readonly number[];
  int32Data?: readonly number[];
  int64Data?: readonly number[];
  doubleData?: readonly number[];
  name?: string;
  rawData?: Uint8Array;
  externalData?: readonly object[];
  dataLocation?: number;
}
export interface AttributeProto {
  name?: string;
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats?: readonly number[];
  ints?: readonly number[];
  strings?: readonly Uint8Array[];
}
export interface NodeProto {
  input: readonly string[];
  output: readonly string[];
  name?: string;
  opType?: string;
  domain?: string;
  attribute: AttributeProto[];
}
export interface GraphProto {
  node: NodeProto[];
  name?: string;
  initializer: TensorProto[];
  sparseInitializer?: readonly Uint8Array[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo?: readonly ValueInfoProto[];
}
export interface ModelProto {
  irVersion?: number;
  opsetImport: { domain?: string; version?: number }[];
  producerName?: string;
  producerVersion?: string;
  docString?: string;
  graph?: GraphProto;
  metadataProps: { key?: string; value?: string }[];
  functions?: readonly Uint8Array[];
}

const pair: MessageSchema = {
  key: { id: 1, type: "string" },
  value: { id: 2, type: "string" },
};

const tensor: MessageSchema = {
  dims: { id: 1, type: "int64", repeated: true },
  dataType: { id: 2, type: "int32" },
  floatData: { id: 4, type: "float", repeated: true },
  int32Data: { id: 5, type: "int32", repeated: true },
  int64Data: { id: 7, type: "int64", repeated: true },
  name: { id: 8, type: "string" },
  rawData: { id: 9, type: "bytes" },
  doubleData: { id: 10, type: "double", repeated: true },
  externalData: { id: 13, type: () => pair, repeated: true },
  dataLocation: { id: 14, type: "int32" },
};

const dimension: MessageSchema = {
  dimValue: { id: 1, type: "int64" },
  dimParam: { id: 2, type: "string" },
};
const shape: MessageSchema = { dim: { id: 1, type: () => dimension, repeated: true } };
const tensorType: MessageSchema = {
  elemType: { id: 1, type: "int32" },
  shape: { id: 2, type: () => shape },
};
const sequenceType: MessageSchema = { elemType: { id: 1, type: () => type } };
const type: MessageSchema = {
  tensorType: { id: 1, type: () => tensorType },
  sequenceType: { id: 4, type: () => sequenceType },
};
const valueInfo: MessageSchema = {
  name: { id: 1, type: "string" },
  type: { id: 2, type: () => type },
};

const attribute: MessageSchema = {
  name: { id: 1, type: "string" },
  f: { id: 2, type: "float" },
  i: { id: 3, type: "int64" },
  s: { id: 4, type: "bytes" },
  t: { id: 5, type: () => tensor },
  g: { id: 6, type: () => graph },
  floats: { id: 7, type: "float", repeated: true },
  ints: { id: 8, type: "int64", repeated: true },
  strings: { id: 9, type: "bytes", repeated: true },
  type: { id: 20, type: "int32" },
};

const node: MessageSchema = {
  input: { id: 1, type: "string", repeated: true },
  output: { id: 2, type: "string", repeated: true },
  name: { id: 3, type: "string" },
  opType: { id: 4, type: "string" },
  attribute: { id: 5, type: () => attribute, repeated: true },
  domain: { id: 7, type: "string" },
};

const graph: MessageSchema = {
  node: { id: 1, type: () => node, repeated: true },
  name: { id: 2, type: "string" },
  initializer: { id: 5, type: () => tensor, repeated: true },
  input: { id: 11, type: () => valueInfo, repeated: true },
  output: { id: 12, type: () => valueInfo, repeated: true },
  valueInfo: { id: 13, type: () => valueInfo, repeated: true },
  sparseInitializer: { id: 15, type: "bytes", repeated: true },
};

const opset: MessageSchema = {
  domain: { id: 1, type: "string" },
  version: { id: 2, type: "int64" },
};

export const MODEL_SCHEMA: MessageSchema = {
  irVersion: { id: 1, type: "int64" },
  producerName: { id: 2, type: "string" },
  producerVersion: { id: 3, type: "string" },
  docString: { id: 6, type: "string" },
  graph: { id: 7, type: () => graph },
  opsetImport: { id: 8, type: () => opset, repeated: true },
  metadataProps: { id: 14, type: () => pair, repeated: true },
  functions: { id: 25, type: "bytes", repeated: true },
};
