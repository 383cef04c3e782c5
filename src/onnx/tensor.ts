import { GansmithError } from "../util/errors.ts";
import type { TensorProto } from "./proto-schema.ts";

/** Element types that gansmith puts into ONNX files (TensorProto types 1, 6, 7, 9, 2, 11). */
export type OnnxDType = "f32" | "i32" | "i64" | "bool" | "u8" | "f64";

export type OnnxData = Float32Array | Int32Array | BigInt64Array | Uint8Array | Float64Array;

/** A constant: `data` holds the product of `dims` elements, row-major. */
export interface OnnxTensor {
  readonly name?: string;
  readonly dtype: OnnxDType;
  readonly dims: readonly number[];
  readonly data: OnnxData;
}

interface DTypeInfo {
  readonly code: number;
  readonly array: { new (length: number): OnnxData; readonly BYTES_PER_ELEMENT: number };
  /** The repeated field that files without raw_data use. */
  readonly field: "floatData" | "int32Data" | "int64Data" | "doubleData";
}

const DTYPES: Readonly<Record<OnnxDType, DTypeInfo>> = {
  f32: { code: 1, array: Float32Array, field: "floatData" },
  u8: { code: 2, array: Uint8Array, field: "int32Data" },
  i32: { code: 6, array: Int32Array, field: "int32Data" },
  i64: { code: 7, array: BigInt64Array, field: "int64Data" },
  bool: { code: 9, array: Uint8Array, field: "int32Data" },
  f64: { code: 11, array: Float64Array, field: "doubleData" },
};

/** The TensorProto type number of `dtype`; throws if `where` names a type we do not write. */
export function dtypeCode(dtype: OnnxDType, where: string): number {
  const info = DTYPES[dtype] as DTypeInfo | undefined;
  if (!info) {
    const known = Object.keys(DTYPES).join(", ");
    throw new GansmithError("graph", `ONNX ${where}: unknown dtype "${dtype}". Known: ${known}.`);
  }
  return info.code;
}

/** The dtype of a TensorProto type number; throws for those that gansmith cannot read. */
export function dtypeOfCode(code: number | undefined, where: string): OnnxDType {
  for (const [dtype, info] of Object.entries(DTYPES)) {
    if (info.code === code) return dtype as OnnxDType;
  }
  throw new GansmithError(
    "data",
    `ONNX ${where}: element type ${code ?? "missing"} is not supported; expected float (1), ` +
      "uint8 (2), int32 (6), int64 (7), bool (9) or double (11).",
  );
}

/** Describes a tensor as a TensorProto whose raw_data is a view of `tensor.data`. */
export function tensorToProto(tensor: OnnxTensor, where: string): TensorProto {
  const dataType = dtypeCode(tensor.dtype, where);
  const { array } = DTYPES[tensor.dtype];
  if (!(tensor.data instanceof array)) {
    throw new GansmithError(
      "graph",
      `ONNX ${where}: dtype ${tensor.dtype} wants a ${array.name}, received ` +
        `${(tensor.data as object | undefined)?.constructor.name ?? typeof tensor.data}.`,
    );
  }
  const count = elementCount(tensor.dims, where, "graph");
  if (count !== tensor.data.length) {
    throw new GansmithError(
      "graph",
      `ONNX ${where}: dims [${tensor.dims.join(",")}] hold ${count} elements, data has ` +
        `${tensor.data.length}.`,
    );
  }
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    dims: tensor.dims,
    dataType,
    ...(tensor.name === undefined ? {} : { name: tensor.name }),
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

/** Reads a TensorProto into arrays of its own, from raw_data or from the typed fields. */
export function tensorFromProto(proto: TensorProto, where: string): OnnxTensor {
  const dtype = dtypeOfCode(proto.dataType, where);
  const { array, field } = DTYPES[dtype];
  if (proto.dataLocation || proto.externalData?.length) {
    throw new GansmithError(
      "data",
      `ONNX ${where}: its data lies in another file, which is not supported; save the model ` +
        "with its weights inside.",
    );
  }
  const count = elementCount(proto.dims, where, "data");
  const typed = proto[field] ?? [];
  const bytes = proto.rawData?.byteLength;
  const found = bytes === undefined ? typed.length : bytes / array.BYTES_PER_ELEMENT;
  if (found !== count) {
    throw new GansmithError(
      "data",
      `ONNX ${where}: dims [${proto.dims.join(",")}] want ${count} elements, the file has ${found}.`,
    );
  }
  const data = new array(count);
  if (proto.rawData) {
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(proto.rawData);
  } else if (data instanceof BigInt64Array) {
    typed.forEach((x, i) => {
      data[i] = BigInt(x);
    });
  } else {
    data.set(typed);
  }
  const named = proto.name ? { name: proto.name } : {};
  return { ...named, dtype, dims: [...proto.dims], data };
}

function elementCount(dims: readonly number[], where: string, kind: "graph" | "data"): number {
  let count = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) {
      throw new GansmithError(
        kind,
        `ONNX ${where}: dims [${dims.join(",")}] must be whole numbers >= 0.`,
      );
    }
    count *= dim;
  }
  return count;
}
