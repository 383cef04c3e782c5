import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { GansmithError } from "../util/errors.ts";
import { encodeMessage } from "../util/protobuf.ts";
import {
  decodeModel,
  encodeModel,
  encodeModelChunks,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxTensor,
} from "./model.ts";
import { MODEL_SCHEMA } from "./proto-schema.ts";

const weights: OnnxTensor = {
  name: "w",
  dtype: "f32",
  dims: [2, 3],
  data: Float32Array.of(1, 2, 3, 4, 5, 6),
};

function numbers(tensor: Tensor | undefined): number[] {
  if (!tensor) throw new Error("the session gave no such output");
  return [...(tensor.data as Float32Array)];
}

function linear(): OnnxModel {
  return {
    graph: {
      name: "linear",
      inputs: [{ name: "x", dtype: "f32", shape: ["batch", 2] }],
      outputs: [{ name: "y", dtype: "f32", shape: ["batch", 3] }],
      initializers: [weights],
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], outputs: ["xw"], name: "g.fc" },
        {
          op: "LeakyRelu",
          inputs: ["xw"],
          outputs: ["y"],
          attributes: { alpha: { float: 0.5 } },
        },
      ],
    },
  };
}

test("an encoded model runs on ONNX Runtime", async () => {
  const session = await InferenceSession.create(encodeModel(linear()));
  const x = new Tensor("float32", Float32Array.of(1, -1, 1, 1), [2, 2]);
  const { y } = await session.run({ x });
  expect(y?.dims).toEqual([2, 3]);
  expect(numbers(y)).toEqual([-1.5, -1.5, -1.5, 5, 7, 9]);
  await session.release();
});

test("every dtype and attribute kind runs on ONNX Runtime", async () => {
  const i64 = (name: string, ...xs: bigint[]): OnnxTensor => ({
    name,
    dtype: "i64",
    dims: [xs.length],
    data: BigInt64Array.from(xs),
  });
  const model: OnnxModel = {
    graph: {
      name: "kinds",
      inputs: [],
      outputs: [
        { name: "sliced", dtype: "i32", shape: [2] },
        { name: "asDouble", dtype: "f64", shape: [2] },
        { name: "picked", dtype: "u8", shape: [2] },
        { name: "const", dtype: "f32", shape: [2] },
        { name: "summed", dtype: "f64", shape: [1, 3] },
        { name: "branch", dtype: "f64", shape: [2] },
      ],
      initializers: [
        { name: "i", dtype: "i32", dims: [3], data: Int32Array.of(-7, 8, 9) },
        { name: "d", dtype: "f64", dims: [2], data: Float64Array.of(0.1, 1e300) },
        { name: "b", dtype: "bool", dims: [2], data: Uint8Array.of(1, 0) },
        { name: "u", dtype: "u8", dims: [2], data: Uint8Array.of(255, 3) },
        { name: "v", dtype: "u8", dims: [2], data: Uint8Array.of(1, 2) },
        { name: "m", dtype: "f64", dims: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
        { name: "yes", dtype: "bool", dims: [], data: Uint8Array.of(1) },
        i64("from", 0n),
        i64("to", -1n),
        i64("axes", 0n),
      ],
      nodes: [
        { op: "Slice", inputs: ["i", "from", "to", "", ""], outputs: ["sliced"] },
        { op: "Identity", inputs: ["d"], outputs: ["asDouble"] },
        { op: "Where", inputs: ["b", "u", "v"], outputs: ["picked"] },
        {
          op: "Constant",
          inputs: [],
          outputs: ["const"],
          attributes: { value_floats: { floats: [0.25, -2] } },
        },
        {
          op: "ReduceSum",
          inputs: ["m", "axes"],
          outputs: ["summed"],
          attributes: { keepdims: 1 },
        },
        {
          op: "If",
          inputs: ["yes"],
          outputs: ["branch"],
          attributes: {
            then_branch: { graph: branch("then", "Neg") },
            else_branch: { graph: branch("else", "Abs") },
          },
        },
      ],
    },
  };
  const session = await InferenceSession.create(encodeModel(model));
  const out = await session.run({});
  expect(numbers(out.sliced)).toEqual([-7, 8]);
  expect(numbers(out.asDouble)).toEqual([0.1, 1e300]);
  expect(numbers(out.picked)).toEqual([255, 2]);
  expect(numbers(out.const)).toEqual([0.25, -2]);
  expect(numbers(out.summed)).toEqual([5, 7, 9]);
  expect(numbers(out.branch)).toEqual([-0.1, -1e300]);
  await session.release();
});

function branch(name: string, op: string): OnnxModel["graph"] {
  return {
    name,
    inputs: [],
    outputs: [{ name: `${name}_out`, dtype: "f64", shape: [2] }],
    initializers: [],
    nodes: [{ op, inputs: ["d"], outputs: [`${name}_out`] }],
  };
}

const name = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
const float = fc.float({ noNaN: true });
const whole = fc.maxSafeInteger();

function dims(maxRank = 3): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(4), { maxLength: maxRank });
}

const tensor: fc.Arbitrary<OnnxTensor> = fc.oneof(
  fill("f32", float, (xs) => Float32Array.from(xs)),
  fill("f64", fc.double({ noNaN: true }), (xs) => Float64Array.from(xs)),
  fill("i32", fc.integer(), (xs) => Int32Array.from(xs)),
  fill("i64", fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (xs) =>
    BigInt64Array.from(xs),
  ),
  fill("u8", fc.nat(255), (xs) => Uint8Array.from(xs)),
  fill("bool", fc.nat(1), (xs) => Uint8Array.from(xs)),
);

function fill<T>(
  dtype: OnnxTensor["dtype"],
  item: fc.Arbitrary<T>,
  make: (xs: T[]) => OnnxTensor["data"],
): fc.Arbitrary<OnnxTensor> {
  return dims().chain((shape) => {
    const n = shape.reduce((a, b) => a * b, 1);
    return fc
      .array(item, { minLength: n, maxLength: n })
      .map((xs) => ({ dtype, dims: shape, data: make(xs) }));
  });
}

const attribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  whole,
  fc.string({ unit: "grapheme" }),
  fc.array(whole),
  float.map((x) => ({ float: x })),
  fc.array(float).map((floats) => ({ floats })),
  fc.array(fc.string({ unit: "grapheme" })).map((strings) => ({ strings })),
  tensor.map((t) => ({ tensor: t })),
);

/** Models whose nodes form a chain, so that each is well formed by construction. */
const model: fc.Arbitrary<OnnxModel> = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 3, maxLength: 10 }),
    tensors: fc.array(tensor, { maxLength: 3 }),
    attributes: fc.array(fc.dictionary(name, attribute, { noNullPrototype: true }), {
      maxLength: 5,
    }),
    shape: fc.array(fc.oneof(fc.nat(), name), { maxLength: 4 }),
    domain: fc.constantFrom("", "com.microsoft.nchwc"),
    metadata: fc.dictionary(name, fc.string(), { noNullPrototype: true, minKeys: 1 }),
  })
  .map(({ names, tensors, attributes, shape, domain, metadata }) => {
    const initializers = tensors
      .slice(0, names.length - 2)
      .map((t, i) => ({ name: names[i] as string, ...t }));
    const rest = names.slice(initializers.length);
    const [input = "", ...outputs] = rest;
    return {
      graph: {
        name: "random",
        inputs: [{ name: input, dtype: "f32" as const, shape }],
        outputs: [{ name: outputs.at(-1) ?? "", dtype: "i64" as const, shape }],
        initializers,
        nodes: outputs.map((output, i) => ({
          op: "Op",
          ...(domain ? { domain } : {}),
          inputs: [rest[i] as string, ""],
          outputs: [output],
          ...(Object.keys(attributes[i] ?? {}).length
            ? { attributes: attributes[i] as Record<string, OnnxAttribute> }
            : {}),
        })),
      },
      opset: 21,
      ...(domain ? { domains: { [domain]: 1 } } : {}),
      irVersion: 10,
      producerName: "gansmith",
      producerVersion: "0.1.0",
      metadata,
      docString: "doc",
    };
  });

describe("round trip", () => {
  test("decode(encode(model)) is the model", () => {
    fc.assert(
      fc.property(model, (m) => {
        expect(decodeModel(encodeModel(m))).toEqual(m);
      }),
      { numRuns: 60 },
    );
  });

  test("large initializers are passed on as views and copied once", () => {
    const data = new Float32Array(1 << 20).fill(0.5);
    const { graph } = linear();
    const big: OnnxModel = {
      graph: {
        ...graph,
        initializers: [weights, { name: "big", dtype: "f32", dims: [1 << 20], data }],
      },
    };
    const { parts, length } = encodeModelChunks(big);
    expect(parts.filter((part) => part.buffer === data.buffer)).toHaveLength(1);
    expect(encodeModel(big).byteLength).toBe(length);
    const read = decodeModel(encodeModel(big)).graph.initializers[1]?.data;
    expect(read?.every((x, i) => x === data[i])).toBe(true);
  });
});

describe("files of other programs", () => {
  const file = (tensor: object, more: object = {}): Uint8Array => {
    const type = { tensorType: { elemType: 1, shape: { dim: [{}] } } };
    const graph = {
      name: "foreign",
      node: [],
      initializer: [{ name: "w", dims: [2], ...tensor }],
      input: [],
      output: [{ name: "w", type }],
      ...more,
    };
    return encodeMessage(MODEL_SCHEMA, { irVersion: 8, opsetImport: [], graph, metadataProps: [] });
  };

  test.each<[string, object, OnnxTensor["data"]]>([
    ["float_data", { dataType: 1, floatData: [0.5, -1] }, Float32Array.of(0.5, -1)],
    ["double_data", { dataType: 11, doubleData: [0.1, 2] }, Float64Array.of(0.1, 2)],
    ["int32_data", { dataType: 6, int32Data: [-5, 6] }, Int32Array.of(-5, 6)],
    ["int32_data of bools", { dataType: 9, int32Data: [1, 0] }, Uint8Array.of(1, 0)],
    ["int64_data", { dataType: 7, int64Data: [-5, 6] }, BigInt64Array.of(-5n, 6n)],
  ])("may hold %s", (_, tensor, data) => {
    const { graph } = decodeModel(file(tensor));
    expect(graph.initializers[0]?.data).toEqual(data);
    expect(graph.outputs[0]?.shape).toEqual([""]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["half floats", file({ dataType: 10 }), /element type 10 is not supported/],
    ["too little data", file({ dataType: 1, floatData: [1] }), /want 2 elements, the file has 1/],
    ["half an element", file({ dataType: 1, rawData: new Uint8Array(7) }), /the file has 1.75/],
    [
      "data in another file",
      file({ dataType: 1, dataLocation: 1, externalData: [{ key: "location", value: "/x" }] }),
      /lies in another file/,
    ],
    [
      "an output without a shape",
      file({ dataType: 1, floatData: [1, 2] }, { output: [{ name: "w" }] }),
      /output "w" has no tensor type/,
    ],
  ])("are refused for %s", (_, bytes, message) => {
    expect(() => decodeModel(bytes)).toThrow(message);
    expect(() => decodeModel(bytes)).toThrow(GansmithError);
  });
});

describe("refuses", () => {
  const change = (edit: Partial<OnnxModel["graph"]>): OnnxModel => ({
    graph: { ...linear().graph, ...edit },
  });
  const node = (inputs: string[], attributes = {}): OnnxModel =>
    change({ nodes: [{ op: "MatMul", inputs, outputs: ["y"], name: "g.fc", attributes }] });

  test.each<[string, OnnxModel, RegExp]>([
    ["an undefined value", node(["x", "v"]), /MatMul "g.fc" reads "v", which nothing before it/],
    [
      "a value defined twice",
      change({ nodes: [{ op: "Neg", inputs: ["x"], outputs: ["w"] }] }),
      /"w" is defined twice/,
    ],
    [
      "an undefined output",
      change({ outputs: [{ name: "z", dtype: "f32", shape: [] }] }),
      /nothing defines the output "z"/,
    ],
    ["no outputs", change({ outputs: [] }), /no outputs/],
    [
      "data of the wrong length",
      change({ initializers: [{ ...weights, dims: [2, 4] }] }),
      /dims \[2,4\] hold 8 elements, data has 6/,
    ],
    [
      "data of the wrong kind",
      change({ initializers: [{ ...weights, dtype: "f64" }] }),
      /f64 wants a Float64Array, received Float32Array/,
    ],
    [
      "an initializer without a name",
      change({ initializers: [{ dtype: "f32", dims: [0], data: new Float32Array() }] }),
      /initializer has no name/,
    ],
    [
      "a negative size",
      change({ inputs: [{ name: "x", dtype: "f32", shape: [-1, 2] }] }),
      /input "x" has shape \[-1,2\]/,
    ],
    ["a bare float", node(["x", "w"], { alpha: 0.2 }), /write \{ float: 0.2 \}/],
    ["an opset of 0", { ...linear(), opset: 0 }, /has version 0/],
  ])("%s", (_, bad, message) => {
    expect(() => encodeModel(bad)).toThrow(message);
    expect(() => encodeModel(bad)).toThrow(GansmithError);
  });

  test.each<[string, Uint8Array]>([
    ["an empty file", new Uint8Array()],
    ["text", new TextEncoder().encode("<!doctype html><title>404</title>")],
    ["a truncated file", encodeModel(linear()).subarray(0, 100)],
  ])("%s as a model", (_, bytes) => {
    expect(() => decodeModel(bytes)).toThrow(GansmithError);
  });

  test("or reads mutated files, and never fails in another way", () => {
    const bytes = encodeModel(linear());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const copy = bytes.slice();
        copy[at] = value;
        try {
          decodeModel(copy);
        } catch (error) {
          expect(error).toBeInstanceOf(GansmithError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
