import protobuf from "protobufjs/minimal.js";

/**
 * Protocol Buffers messages as plain objects, described by tables and carried by protobufjs's
 * reader and writer. The reflection half of protobufjs generates code at run time, which a page
 * with a content security policy refuses; tables do not.
 */
export type ScalarType = "int32" | "int64" | "float" | "double" | "string" | "bytes";

/** One field: its number, its type (a table for a nested message) and whether it repeats. */
export interface Field {
  readonly id: number;
  readonly type: ScalarType | (() => MessageSchema);
  readonly repeated?: boolean;
}

export type MessageSchema = Readonly<Record<string, Field>>;

/** Byte ranges that follow each other; large `bytes` fields are referenced, not copied. */
export interface Chunks {
  readonly parts: Uint8Array[];
  readonly length: number;
}

const WIRE = { int32: 0, int64: 0, float: 5, double: 1, string: 2, bytes: 2 } as const;
const LENGTH_DELIMITED = 2;
/** Byte fields above this size are passed on as views. */
const VIEW_BYTES = 4096;
/** Deeper nesting than any of our formats has; stops a hostile file from exhausting the stack. */
const MAX_DEPTH = 64;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Compiled {
  readonly fields: readonly (readonly [string, Field])[];
  readonly byId: ReadonlyMap<number, readonly [string, Field]>;
}

/** Graphs hold thousands of messages of few kinds, so each table is looked through once. */
const compiled = new WeakMap<MessageSchema, Compiled>();

function compile(schema: MessageSchema): Compiled {
  let known = compiled.get(schema);
  if (!known) {
    const fields = Object.entries(schema);
    known = { fields, byId: new Map(fields.map((entry) => [entry[1].id, entry])) };
    compiled.set(schema, known);
  }
  return known;
}

/** Encodes `message` without copying its large byte fields. */
export function encodeChunks(schema: MessageSchema, message: object): Chunks {
  const parts: Uint8Array[] = [];
  let length = 0;
  let writer = protobuf.Writer.create();
  const push = (part: Uint8Array): void => {
    if (part.byteLength === 0) return;
    parts.push(part);
    length += part.byteLength;
  };
  const flush = (): void => {
    push(writer.finish());
    writer = protobuf.Writer.create();
  };
  const values = message as Readonly<Record<string, unknown>>;
  for (const [name, field] of compile(schema).fields) {
    const value = values[name];
    if (value === undefined) continue;
    for (const item of field.repeated ? (value as Iterable<unknown>) : [value]) {
      if (typeof field.type === "function" || field.type === "bytes") {
        const inner =
          typeof field.type === "function"
            ? encodeChunks(field.type(), item as object)
            : { parts: [item as Uint8Array], length: (item as Uint8Array).byteLength };
        writer.uint32((field.id << 3) | LENGTH_DELIMITED).uint32(inner.length);
        if (inner.length > VIEW_BYTES) {
          flush();
          for (const part of inner.parts) push(part);
        } else {
          for (const part of inner.parts) writer.raw(part);
        }
      } else {
        writer.uint32((field.id << 3) | WIRE[field.type]);
        if (field.type === "string") writer.string(item as string);
        else writer[field.type](item as number);
      }
    }
  }
  flush();
  return { parts, length };
}

/** Encodes `message` into one array, copying each byte once. */
export function encodeMessage(schema: MessageSchema, message: object): Uint8Array {
  return joinChunks(encodeChunks(schema, message));
}

/** Copies the parts into one array. */
export function joinChunks({ parts, length }: Chunks): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

/**
 * Decodes a message; repeated fields are always arrays, `bytes` are views into `bytes`, unknown
 * fields are skipped. Throws a RangeError on malformed input: callers say which file it was.
 */
export function decodeMessage<T extends object>(schema: MessageSchema, bytes: Uint8Array): T {
  // A plain view: protobufjs would read a Node Buffer through another class than a browser's.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return decodeAt(schema, new protobuf.Reader(view), view.byteLength, 0) as T;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function decodeAt(
  schema: MessageSchema,
  reader: protobuf.Reader,
  end: number,
  depth: number,
): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new RangeError(`messages nested more than ${MAX_DEPTH} deep`);
  const out: Record<string, unknown> = {};
  const { fields, byId } = compile(schema);
  for (const [name, field] of fields) if (field.repeated) out[name] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wire = tag & 7;
    const known = byId.get(tag >>> 3);
    if (!known) {
      reader.skipType(wire);
      continue;
    }
    const [name, field] = known;
    const expected = typeof field.type === "function" ? LENGTH_DELIMITED : WIRE[field.type];
    const packed = field.repeated && wire === LENGTH_DELIMITED && expected !== LENGTH_DELIMITED;
    if (wire !== expected && !packed) {
      throw new RangeError(`field ${name} has wire type ${wire}, expected ${expected}`);
    }
    if (packed) {
      const stop = checkedEnd(reader, end);
      const list = out[name] as unknown[];
      while (reader.pos < stop) list.push(readScalar(reader, field.type as ScalarType, stop));
    } else {
      const value =
        typeof field.type === "function"
          ? decodeAt(field.type(), reader, checkedEnd(reader, end), depth + 1)
          : readScalar(reader, field.type, end);
      if (field.repeated) (out[name] as unknown[]).push(value);
      else out[name] = value;
    }
  }
  if (reader.pos !== end) throw new RangeError("a field runs past the end of its message");
  return out;
}

function checkedEnd(reader: protobuf.Reader, limit: number): number {
  const length = reader.uint32();
  if (length > limit - reader.pos) {
    throw new RangeError(`a field of ${length} bytes runs past the end of its message`);
  }
  return reader.pos + length;
}

function readScalar(
  reader: protobuf.Reader,
  type: ScalarType,
  limit: number,
): number | string | Uint8Array {
  if (type === "bytes" || type === "string") {
    const end = checkedEnd(reader, limit);
    const view = reader.buf.subarray(reader.pos, end);
    reader.pos = end;
    return type === "bytes" ? view : utf8.decode(view);
  }
  if (type !== "int64") return reader[type]();
  const value = Number(reader.int64().toString());
  if (!Number.isSafeInteger(value)) {
    throw new RangeError("a 64-bit whole number is too large to be held exactly (limit 2^53 - 1)");
  }
  return value;
}
