import { interpret } from "../graph/interpret.ts";
import type { NdArray } from "../graph/nd-array.ts";
import { isLeaf } from "../graph/ops/leaf.ts";
import { simplify } from "../graph/passes/index.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";
import { GansmithError } from "../util/errors.ts";
import { checkFeeds, checkInto, emptyData, type Port, releasedError } from "./feeds.ts";
import { type Backend, isDeviceTensor, type Session, type Tensor } from "./session.ts";

/** Runs graphs in f64 in plain TypeScript: slow, and the definition that the others must meet. */
export function referenceBackend(): Backend {
  return {
    name: "reference",
    keepsOnDevice: false,
    compile: async (graph): Promise<Session> => {
      const outputs = simplify([...graph.outputs.values()]);
      const outputPorts = [...graph.outputs].map(
        ([name, { dtype, shape }]): Port => ({ name, dtype, shape }),
      );
      const leaves = new Set(topologicalOrder(outputs).filter(isLeaf));
      const read = [...graph.inputs].filter(([, value]) => leaves.has(value));
      const inputPorts = read.map(([name, { dtype, shape }]): Port => ({ name, dtype, shape }));
      let released = false;
      return {
        inputNames: inputPorts.map((p) => p.name),
        outputNames: outputPorts.map((p) => p.name),
        run: async (feeds, into = new Map()) => {
          if (released) throw releasedError(graph.name);
          const sizes = checkFeeds(graph.name, inputPorts, feeds);
          checkInto(graph.name, outputPorts, into, sizes);
          const arrays = new Map<Value, NdArray>();
          for (const [name, value] of read) {
            const fed = feeds.get(name);
            if (!fed || isDeviceTensor(fed)) {
              throw new GansmithError(
                "runtime",
                `session "${graph.name}" on reference: input "${name}" lies on another device; read() it first.`,
              );
            }
            arrays.set(value, { shape: fed.dims, data: Float64Array.from(fed.data) });
          }
          const results = interpret(outputs, arrays);
          return new Map(
            outputPorts.map(({ name, dtype }, i): [string, Tensor] => {
              const { shape, data } = results[i] as NdArray;
              const tensor = into.get(name) ?? {
                dtype,
                dims: shape,
                data: emptyData(dtype, data.length),
              };
              tensor.data.set(data);
              return [name, tensor];
            }),
          );
        },
        release: async () => {
          released = true;
        },
      };
    },
  };
}
