import { GansmithError, usageError } from "../util/errors.ts";
import { repeatedKey } from "../util/json-keys.ts";

/** Element types that gansmith reads and writes, as safetensors spells them. */
export type SafetensorsDType = keyof typeof ARRAYS;

const ARRAYS = {
  F64: Float64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  /** Bit patterns; `floatsOf` gives their values. */
  F16: Uint16Array,
  BF16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

type Data = InstanceType<(typeof ARRAYS)[SafetensorsDType]>;

/** A tensor as a safetensors file holds it; `data` is row-major. */
export interface NamedTensor {
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly data: Data;
}

export interface SafetensorsFile {
  readonly tensors: Map<string, NamedTensor>;
  readonly metadata: Record<string, string>;
}

const METADATA = "__metadata__";
/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

/** Encodes tensors into one array; see `safetensorsChunks`. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const chunks = [...safetensorsChunks(tensors, metadata)];
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.byteLength;
  }
  return out;
}

/**
 * The bytes of a safetensors file in order: the header, then each tensor as a view of its data.
 * Equal tensors give equal bytes: they are sorted by element size, then by name, which also aligns
 * each to its size. Throws a GansmithError if a tensor's shape, dtype and data do not agree.
 */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata?: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  const sorted = [...tensors].sort(
    ([a, { data: x }], [b, { data: y }]) =>
      y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const entries: string[] = [];
  const add = (key: string, value: unknown): void => {
    entries.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  };
  const pairs = Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length) add(METADATA, Object.fromEntries(pairs));
  let offset = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(name, tensor);
    const end = offset + tensor.data.byteLength;
    add(name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, end] });
    offset = end;
  }
  const json = new TextEncoder().encode(`{${entries.join(",")}}`);
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw usageError(
      `safetensors: names and metadata take ${headerBytes} bytes, the limit is ${MAX_HEADER_BYTES}.`,
    );
  }
  const head = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.set(json, LENGTH_BYTES);
  yield head;
  for (const [, { data }] of sorted) {
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

/**
 * Decodes a safetensors file, checking all of it: header, names, types, shapes, and that the tensors
 * cover the data without gap or overlap. The arrays are views of `bytes` where their alignment
 * allows, else copies. Throws a GansmithError that says what is wrong.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes);
  const dataBytes = bytes.byteLength - dataStart;
  let metadata: Record<string, string> = {};
  const found: { name: string; spec: TensorSpec }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = checkMetadata(value);
    else found.push({ name, spec: checkSpec(name, value, dataBytes) });
  }
  found.sort((a, b) => a.spec.begin - b.spec.begin || a.spec.end - b.spec.end);
  const tensors = new Map<string, NamedTensor>();
  let expected = 0;
  for (const { name, spec } of found) {
    if (spec.begin !== expected) {
      const fault = spec.begin < expected ? "overlaps the tensor before it" : "leaves a gap";
      throw damaged(
        `tensor "${name}" begins at byte ${spec.begin}, expected ${expected}: ${fault}`,
      );
    }
    expected = spec.end;
    const { dtype, shape } = spec;
    tensors.set(name, { dtype, shape, data: viewOf(bytes, dataStart + spec.begin, spec) });
  }
  if (expected !== dataBytes) {
    throw damaged(`its tensors take ${expected} bytes, the file has ${dataBytes} after its header`);
  }
  return { tensors, metadata };
}

interface TensorSpec {
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array): { header: object; dataStart: number } {
  if (bytes.byteLength < LENGTH_BYTES) {
    throw damaged(`it has ${bytes.byteLength} bytes, a header length alone takes ${LENGTH_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw damaged(`its header length is ${length} bytes, the limit is ${MAX_HEADER_BYTES}`);
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > bytes.byteLength) {
    throw damaged(`its header of ${length} bytes runs past the end (${bytes.byteLength} bytes)`);
  }
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(LENGTH_BYTES, dataStart),
    );
    header = JSON.parse(text);
  } catch (error) {
    throw damaged("its header is not JSON in UTF-8", error);
  }
  if (!text.startsWith("{") || !isObject(header)) throw damaged("its header is not a JSON object");
  const twice = repeatedKey(text);
  if (twice !== undefined) throw damaged(`its header has the key "${twice}" twice`);
  return { header, dataStart };
}

function checkMetadata(value: unknown): Record<string, string> {
  if (!isObject(value) || Object.values(value).some((v) => typeof v !== "string")) {
    throw damaged(`${METADATA} must map names to text`);
  }
  return value as Record<string, string>;
}

function checkSpec(name: string, value: unknown, dataBytes: number): TensorSpec {
  const where = `tensor "${name}"`;
  if (!isObject(value)) throw damaged(`${where} is not described by an object`);
  const { dtype, shape, data_offsets: offsets, ...rest } = value as Record<string, unknown>;
  const [unknownField] = Object.keys(rest);
  if (unknownField !== undefined) throw damaged(`${where} has the unknown field "${unknownField}"`);
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    const known = Object.keys(ARRAYS).join(", ");
    throw damaged(`${where} has dtype ${JSON.stringify(dtype)}; supported: ${known}`);
  }
  if (!isSizes(shape)) {
    throw damaged(`${where} has shape ${JSON.stringify(shape)}; expected whole numbers >= 0`);
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw damaged(`${where} has data_offsets ${JSON.stringify(offsets)}; expected [begin, end]`);
  }
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > dataBytes) {
    throw damaged(`${where} lies at bytes ${begin} to ${end}, the file's data has ${dataBytes}`);
  }
  const known = dtype as SafetensorsDType;
  const count = shape.reduce((a, b) => a * b, 1);
  const wanted = count * ARRAYS[known].BYTES_PER_ELEMENT;
  if (wanted !== end - begin) {
    throw damaged(
      `${where}, ${dtype} [${shape.join(",")}], takes ${wanted} bytes, received ${end - begin}`,
    );
  }
  return { dtype: known, shape, count, begin, end };
}

function viewOf(bytes: Uint8Array, start: number, { dtype, count, begin, end }: TensorSpec): Data {
  const array = ARRAYS[dtype];
  const offset = bytes.byteOffset + start;
  if (offset % array.BYTES_PER_ELEMENT === 0) {
    return new array(bytes.buffer as ArrayBuffer, offset, count);
  }
  // Not subarray().slice(): a Node Buffer's slice shares its memory and keeps the misalignment.
  const copy = new Uint8Array(end - begin);
  copy.set(bytes.subarray(start, start + copy.byteLength));
  return new array(copy.buffer);
}

function checkTensor(name: string, { dtype, shape, data }: NamedTensor): void {
  const fail = (why: string): never => {
    throw usageError(`safetensors: tensor "${name}" ${why}.`);
  };
  if (name === METADATA) fail("has a name that the format keeps for itself");
  if (!Object.hasOwn(ARRAYS, dtype)) {
    fail(`has dtype "${dtype}"; supported: ${Object.keys(ARRAYS).join(", ")}`);
  }
  const array = ARRAYS[dtype];
  if (!(data instanceof array)) {
    fail(`is ${dtype} and wants a ${array.name}, received ${(data as Data).constructor.name}`);
  }
  if (!isSizes(shape)) fail(`has shape ${JSON.stringify(shape)}; expected whole numbers >= 0`);
  const count = shape.reduce((a, b) => a * b, 1);
  if (count !== data.length) {
    fail(`has shape [${shape.join(",")}], ${count} elements, but ${data.length} values`);
  }
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(why: string, cause?: unknown): GansmithError {
  return new GansmithError("data", `not a valid safetensors file: ${why}.`, { cause });
}
