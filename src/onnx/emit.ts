import type { EmitAttribute, Emitter } from "../graph/op.ts";
import { isLeaf } from "../graph/ops/leaf.ts";
import { numberKey } from "../graph/passes/share-common.ts";
import { type DType, graphError, topologicalOrder, type Value, withPath } from "../graph/value.ts";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from "./model-types.ts";
import type { OnnxTensor } from "./tensor.ts";

/** A graph with named ends: what a session runs and a file holds. */
export interface NamedGraph {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
}

/**
 * Writes a graph as an ONNX model. Leaves must be among the inputs; inputs that nothing reads are
 * left out of the model, and `model.graph.inputs` tells which remain.
 */
export function emitModel(graph: NamedGraph): OnnxModel {
  const writer = new GraphWriter(new Set([...graph.inputs.keys(), ...graph.outputs.keys()]));
  const order = topologicalOrder([...graph.outputs.values()]);
  const used = new Set(order);
  const names = new Map<Value, string>();
  const inputs: OnnxGraph["inputs"][number][] = [];
  for (const [name, value] of graph.inputs) {
    if (!isLeaf(value)) throw graphError("emit", `input "${name}" is not a leaf`, [value]);
    if (!used.has(value)) continue;
    const other = names.get(value);
    if (other) throw graphError("emit", `inputs "${other}" and "${name}" are the same leaf`);
    names.set(value, name);
    inputs.push({ name, dtype: value.dtype, shape: value.shape });
  }
  for (const value of order) {
    if (names.has(value)) continue;
    if (isLeaf(value)) throw graphError("emit", `"${value.attrs.name}" is not an input`, [value]);
    writer.path = value.path;
    const inputNames = value.inputs.map((i) => names.get(i) as string);
    names.set(
      value,
      withPath(value.path, () => value.rule.lower(writer, inputNames, value)),
    );
  }
  const outputs = [...graph.outputs].map(([name, value]) => {
    writer.nameOutput(names.get(value) as string, name);
    return { name, dtype: value.dtype, shape: value.shape };
  });
  return {
    graph: {
      name: graph.name,
      nodes: writer.nodes(),
      stated: writer.shapes(),
      inputs,
      outputs,
      initializers: writer.initializers,
    },
  };
}

const arrays = { f32: Float32Array, i32: Int32Array, bool: Uint8Array } as const;

class GraphWriter implements Emitter {
  readonly initializers: OnnxTensor[] = [];
  path = "";
  #nodes: OnnxNode[] = [];
  #constants = new Map<string, string>();
  /** Values that nodes make, and the outputs that they become. */
  #made = new Set<string>();
  #renamed = new Map<string, string>();
  #stated = new Map<string, Value>();
  #reserved: ReadonlySet<string>;
  #count = 0;

  constructor(reserved: ReadonlySet<string>) {
    this.#reserved = reserved;
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, EmitAttribute>> = {},
    domain = "",
    count = 1,
  ): string {
    const output = this.#freshName("v");
    const others = Array.from({ length: count - 1 }, () => this.#freshName("v"));
    const name = this.path ? `${this.path}/${output}` : output;
    const outputs = [output, ...others];
    this.#nodes.push({ op, domain, inputs, outputs, attributes, name });
    this.#made.add(output);
    return output;
  }

  /**
   * Makes `value` the output `name`. The node that made it takes that name over; an input, a
   * constant or a second name for the same value needs an Identity, which copies.
   */
  nameOutput(value: string, name: string): void {
    if (this.#made.has(value) && !this.#renamed.has(value)) this.#renamed.set(value, name);
    else this.#nodes.push({ op: "Identity", inputs: [value], outputs: [name] });
  }

  nodes(): OnnxNode[] {
    const rename = (name: string) => this.#renamed.get(name) ?? name;
    return this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
  }

  stated(output: string, value: Value): string {
    this.#stated.set(output, value);
    return output;
  }

  /** What was stated of values that are not outputs. */
  shapes(): OnnxValueInfo[] {
    const inner = [...this.#stated].filter(([name]) => !this.#renamed.has(name));
    return inner.map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  }

  #freshName(kind: string): string {
    for (;;) {
      const name = `${kind}${this.#count++}`;
      if (!this.#reserved.has(name)) return name;
    }
  }

  ints(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#initializer(`ints:${values.join()}`, {
      dtype: "i64",
      dims: [values.length],
      data,
    });
  }

  scalar(value: number, dtype: DType = "f32"): string {
    return this.constant(new arrays[dtype]([value]), []);
  }

  constant(data: Float32Array | Int32Array | Uint8Array, dims: readonly number[]): string {
    const dtype =
      data instanceof Float32Array ? "f32" : data instanceof Int32Array ? "i32" : "bool";
    const key =
      data.length > 64
        ? undefined
        : `${dtype}[${dims.join()}]:${Array.from(data, numberKey).join()}`;
    return this.#initializer(key, { dtype, dims, data });
  }

  #initializer(key: string | undefined, tensor: OnnxTensor): string {
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known) return known;
    const name = this.#freshName("c");
    this.initializers.push({ ...tensor, name });
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }
}
