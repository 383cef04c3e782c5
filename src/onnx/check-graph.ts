import { GansmithError } from "../util/errors.ts";
import type { OnnxGraph, OnnxNode } from "./model-types.ts";

/**
 * Throws unless `graph` is well formed: every value is named once, and is defined before it is
 * used. A runtime finds the same faults, with messages that do not name the node.
 */
export function checkGraph(
  graph: OnnxGraph,
  kind: "graph" | "data" = "graph",
  outer: ReadonlySet<string> = new Set(),
): void {
  const fail = (why: string): never => {
    throw new GansmithError(kind, `ONNX graph "${graph.name}": ${why}`);
  };
  const known = new Set(outer);
  const own = new Set<string>();
  const define = (name: string, what: string): void => {
    if (own.has(name)) fail(`${what} "${name}" is defined twice.`);
    own.add(name);
    known.add(name);
  };
  if (graph.name === "") fail("it has no name.");
  if (graph.outputs.length === 0) fail("it has no outputs.");
  for (const input of graph.inputs) {
    if (input.name === "") fail("an input has no name.");
    checkShape(input.shape, `input "${input.name}"`, fail);
    define(input.name, "input");
  }
  const inputs = new Set(own);
  const initialized = new Set<string>();
  for (const { name = "" } of graph.initializers) {
    if (name === "") fail("an initializer has no name.");
    if (initialized.has(name)) fail(`initializer "${name}" is defined twice.`);
    initialized.add(name);
    // An initializer may carry an input's name: it is then that input's default value.
    if (!inputs.has(name)) define(name, "initializer");
  }
  for (const node of graph.nodes) {
    const where = `${node.op} "${node.name ?? node.outputs[0] ?? ""}"`;
    if (node.op === "") fail(`node "${node.name ?? node.outputs[0] ?? ""}" has no operator.`);
    if (node.outputs.every((name) => name === "")) fail(`${where} has no outputs.`);
    for (const name of node.inputs) {
      if (name !== "" && !known.has(name)) {
        fail(`${where} reads "${name}", which nothing before it defines.`);
      }
    }
    for (const inner of subgraphs(node)) checkGraph(inner, kind, known);
    for (const name of node.outputs) if (name !== "") define(name, `${where} output`);
  }
  for (const output of graph.outputs) {
    if (!known.has(output.name)) fail(`nothing defines the output "${output.name}".`);
    checkShape(output.shape, `output "${output.name}"`, fail);
  }
}

function* subgraphs(node: OnnxNode): Generator<OnnxGraph> {
  for (const value of Object.values(node.attributes ?? {})) {
    if (typeof value === "object" && "graph" in value) yield value.graph;
  }
}

function checkShape(
  shape: readonly (number | string)[],
  what: string,
  fail: (why: string) => never,
): void {
  for (const dim of shape) {
    if (typeof dim === "number" && !(Number.isSafeInteger(dim) && dim >= 0)) {
      fail(`${what} has shape [${shape.join(",")}]; expected whole numbers >= 0 or names.`);
    }
  }
}
