import type { EmitAttribute, Emitter } from "../graph/op.ts";
import { isLeaf } from "../graph/ops/leaf.ts";
import { type DType, graphError, topologicalOrder, type Value } from "../graph/value.ts";
import type { OnnxGraph, OnnxModel, OnnxNode } from "./model-types.ts";
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
  const writer = new GraphWriter();
  const order = topologicalOrder([...graph.outputs.values()]);
  const used = new Set(order);
  const names = new Map<Value, string>();
  const inputs: OnnxGraph["inputs"][number][] = [];
  for (const [name, value] of graph.inputs) {
    if (!used.has(value)) continue;
    names.set(value, name);
    inputs.push({ name, dtype: value.dtype, shape: value.shape });
  }
  for (const value of order) {
    if (names.has(value)) continue;
    if (isLeaf(value)) throw graphError("emit", `"${value.attrs.name}" is not an input`, [value]);
    writer.path = value.path;
    names.set(
      value,
      value.rule.lower(
        writer,
        value.inputs.map((i) => names.get(i) as string),
        value,
      ),
    );
  }
  const outputs = [...graph.outputs].map(([name, value]) => {
    // An Identity gives every output a name of its own, even where two are the same value.
    writer.push({ op: "Identity", inputs: [names.get(value) as string], outputs: [name] });
    return { name, dtype: value.dtype, shape: value.shape };
  });
  return {
    graph: {
      name: graph.name,
      nodes: writer.nodes,
      inputs,
      outputs,
      initializers: writer.initializers,
    },
  };
}

class GraphWriter implements Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  path = "";
  #constants = new Map<string, string>();
  #count = 0;

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, EmitAttribute>> = {},
    domain = "",
  ): string {
    const output = `v${this.#count++}`;
    const name = this.path ? `${this.path}/${output}` : output;
    this.push({ op, domain, inputs, outputs: [output], attributes, name });
    return output;
  }

  push(node: OnnxNode): void {
    this.nodes.push(node);
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
    const data = dtype === "i32" ? Int32Array.of(value) : Float32Array.of(value);
    return this.#initializer(`${dtype}:${value}`, { dtype, dims: [], data });
  }

  constant(data: Float32Array | Int32Array | Uint8Array, dims: readonly number[]): string {
    const dtype =
      data instanceof Float32Array ? "f32" : data instanceof Int32Array ? "i32" : "bool";
    const key = data.length <= 64 ? `${dtype}[${dims.join()}]:${data.join()}` : undefined;
    return this.#initializer(key, { dtype, dims, data });
  }

  #initializer(key: string | undefined, tensor: OnnxTensor): string {
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known) return known;
    const name = `c${this.#count++}`;
    this.initializers.push({ ...tensor, name });
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }
}
