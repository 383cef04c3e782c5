import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { gradients } from "../graph/gradients.ts";
import { defineOp } from "../graph/op.ts";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { withPath } from "../graph/value.ts";
import type { NamedGraph } from "../onnx/emit.ts";
import { GansmithError } from "../util/errors.ts";
import {
  type Backend,
  backendNames,
  chooseBackend,
  cpuBackend,
  cudaBackend,
  type DeviceTensor,
  physicalCores,
  referenceBackend,
  type Tensor,
} from "./index.ts";

const data = { kind: "data" } as const;

function named(
  name: string,
  inputs: Record<string, Value>,
  outputs: Record<string, Value>,
): NamedGraph {
  return {
    name,
    inputs: new Map(Object.entries(inputs)),
    outputs: new Map(Object.entries(outputs)),
  };
}

function f32(dims: readonly number[], ...xs: number[]): Tensor {
  return { dtype: "f32", dims, data: Float32Array.from(xs) };
}

const feed = (tensors: Record<string, Tensor | DeviceTensor>) => new Map(Object.entries(tensors));

function numbers(results: Map<string, Tensor | DeviceTensor>, name: string): number[] {
  return [...(results.get(name) as Tensor).data];
}

/** TypeScript's Node.js types leave WebAssembly out. */
function wasmMemory(): { readonly buffer: ArrayBuffer; grow(pages: number): void } {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: {
      Memory: new (options: { initial: number }) => ReturnType<typeof wasmMemory>;
    };
  };
  return new WebAssembly.Memory({ initial: 1 });
}

/** y = x w with a free batch, and an input that nothing reads. */
function linear(): NamedGraph {
  const x = ops.leaf("x", ["N", 2], data);
  const w = ops.leaf("w", [2, 1], data);
  const unused = ops.leaf("unused", [9], data);
  const y = ops.matMul(ops.add(x, ops.mul(ops.scalar(0), ops.scalar(5))), w);
  return named("linear", { x, w, unused }, { y, above: ops.greater(y, ops.scalar(2)) });
}

const backends: [string, () => Backend][] = [
  ["cpu", () => cpuBackend({ threads: 1 })],
  ["reference", referenceBackend],
];

describe.each(backends)("a session on %s", (_name, make) => {
  test("says what it reads, ignores other feeds, runs for any batch size", async () => {
    const session = await make().compile(linear());
    expect(session.inputNames).toEqual(["x", "w"]);
    expect(session.outputNames).toEqual(["y", "above"]);
    for (const n of [1, 3, 17]) {
      const x = f32([n, 2], ...new Array(2 * n).fill(1));
      const results = await session.run(feed({ x, w: f32([2, 1], 1, 2), other: f32([1], 0) }));
      expect(results.get("y")).toEqual(f32([n, 1], ...new Array(n).fill(3)));
      expect(results.get("above")).toEqual({
        dtype: "bool",
        dims: [n, 1],
        data: new Uint8Array(n).fill(1),
      });
    }
    await session.release();
  });

  test("feeds that do not fit are told with name, expected and received", async () => {
    const session = await make().compile(linear());
    const w = f32([2, 1], 1, 2);
    const wrong = (feeds: Record<string, Tensor>) => expect(session.run(feed(feeds))).rejects;
    await wrong({ w }).toThrow('session "linear": input "x" was not fed. It needs: x, w.');
    await wrong({ x: f32([1, 2], 1, 1), w: f32([1, 2], 1, 2) }).toThrow(
      'session "linear": input "w" must be f32[2,1], received f32[1,2] (with N=1).',
    );
    await wrong({ x: f32([2], 1, 1), w }).toThrow("must be f32[N,2], received f32[2].");
    await wrong({ x: { dtype: "i32", dims: [1, 2], data: new Int32Array(2) }, w }).toThrow(
      "received i32[1,2].",
    );
    await wrong({ x: f32([1, 2], 1, 1, 1), w }).toThrow("3 elements where the dims hold 2.");
    await wrong({
      x: { dtype: "f32", dims: [1, 2], data: new Int32Array(2) },
      w,
    }).toThrow("received a Int32Array.");
    await wrong({ x: f32([1, 2], 1, 1), w: { ...w, data: undefined as never } }).toThrow(
      "received a undefined.",
    );
    await session.release();
  });

  test("the same symbolic size must be the same everywhere", async () => {
    const [x, y] = [ops.leaf("x", ["N"], data), ops.leaf("y", ["N"], data)];
    const session = await make().compile(named("sum", { x, y }, { z: ops.add(x, y) }));
    const feeds = feed({ x: f32([2], 1, 2), y: f32([3], 1, 2, 3) });
    await expect(session.run(feeds)).rejects.toThrow(
      'input "y" must be f32[N], received f32[3] (with N=2).',
    );
    const fitting = feed({ x: f32([2], 1, 2), y: f32([2], 1, 2) });
    await expect(session.run(fitting, new Map([["z", f32([3], 0, 0, 0)]]))).rejects.toThrow(
      'buffer for output "z" must be f32[N], received f32[3] (with N=2).',
    );
    await expect(session.run(fitting, new Map([["q", f32([2], 0, 0)]]))).rejects.toThrow(
      'session "sum": it has no output "q". It gives: z.',
    );
    await session.release();
  });

  test("outputs are written into the buffers that are given", async () => {
    const session = await make().compile(linear());
    const memory = wasmMemory();
    const view = (offset: number, dims: number[]): Tensor => ({
      dtype: "f32",
      dims,
      data: new Float32Array(memory.buffer, offset, (dims[0] as number) * (dims[1] as number)),
    });
    const [x, w, y] = [view(0, [2, 2]), view(64, [2, 1]), view(128, [2, 1])];
    x.data.set([1, 2, 3, 4]);
    w.data.set([1, 10]);
    const above: Tensor = { dtype: "bool", dims: [2, 1], data: new Uint8Array(2) };
    const results = await session.run(
      feed({ x, w }),
      new Map([
        ["y", y],
        ["above", above],
      ]),
    );
    expect(results.get("y")).toBe(y);
    expect([...new Float32Array(memory.buffer, 128, 2)]).toEqual([21, 43]);
    expect([...above.data]).toEqual([1, 1]);
    // The same arrays with other contents: nothing was copied at the first run.
    w.data.set([0, -1]);
    await session.run(
      feed({ x, w }),
      new Map([
        ["y", y],
        ["above", above],
      ]),
    );
    expect([...y.data, ...above.data]).toEqual([-2, -4, 0, 0]);
    // The same memory under other dims.
    const results2 = await session.run(
      feed({ x: { ...x, dims: [1, 2], data: x.data.subarray(0, 2) }, w }),
    );
    expect(numbers(results2, "y")).toEqual([-2]);
    memory.grow(1);
    await expect(session.run(feed({ x, w }))).rejects.toThrow("memory was detached");
    await session.release();
  });

  test("an array may be fed again under other dims", async () => {
    const x = ops.leaf("x", ["N", "M"], data);
    const session = await make().compile(named("rows", { x }, { y: ops.reduceSum(x, [1]) }));
    const array = Float32Array.of(1, 2, 3, 4, 5, 6);
    const run = async (dims: number[]) =>
      numbers(await session.run(feed({ x: { dtype: "f32", dims, data: array } })), "y");
    expect(await run([2, 3])).toEqual([6, 15]);
    expect(await run([3, 2])).toEqual([3, 7, 11]);
    await session.release();
  });

  test("several symbolic sizes go through a reshape", async () => {
    const x = ops.leaf("x", ["N", "T", 4], data);
    const split = ops.reshape(x, ["N", "T", 2, 2]);
    const session = await make().compile(
      named("split", { x }, { split, joined: ops.reshape(ops.exp(split), ["N", "T", 1, 4]) }),
    );
    const results = await session.run(feed({ x: f32([1, 2, 4], ...new Array(8).fill(0)) }));
    expect(results.get("split")?.dims).toEqual([1, 2, 2, 2]);
    expect(results.get("joined")).toEqual(f32([1, 2, 1, 4], ...new Array(8).fill(1)));
    await session.release();
  });

  test("runs that overlap do not mix", async () => {
    const session = await make().compile(linear());
    const run = async (k: number) =>
      numbers(await session.run(feed({ x: f32([1, 2], k, k), w: f32([2, 1], 1, 1) })), "y");
    expect(await Promise.all([1, 2, 3, 4].map(run))).toEqual([[2], [4], [6], [8]]);
    await session.release();
  });

  test("graphs without inputs, and outputs that are inputs, run", async () => {
    const x = ops.leaf("x", [2], data);
    const session = await make().compile(
      named("odd", { x }, { same: x, again: x, fixed: ops.exp(ops.scalar(0)) }),
    );
    const results = await session.run(feed({ x: f32([2], 1, 2) }));
    expect(["same", "again", "fixed"].map((n) => numbers(results, n))).toEqual([
      [1, 2],
      [1, 2],
      [1],
    ]);
    const constant = await make().compile(named("none", { x }, { y: ops.scalar(4) }));
    expect(constant.inputNames).toEqual([]);
    expect(numbers(await constant.run(new Map()), "y")).toEqual([4]);
    await session.release();
    await constant.release();
  });

  test("released sessions say so", async () => {
    const session = await make().compile(linear());
    await session.release();
    await session.release();
    await expect(session.run(new Map())).rejects.toThrow('session "linear" was released');
  });

  test("tensors of another device are refused", async () => {
    const session = await make().compile(linear());
    const elsewhere: DeviceTensor = {
      dtype: "f32",
      dims: [2, 1],
      read: async () => f32([2, 1], 1, 2),
      release: () => undefined,
    };
    await expect(session.run(feed({ x: f32([1, 2], 1, 1), w: elsewhere }))).rejects.toThrow(
      /"w" lies on another device; read\(\) it first/,
    );
    await session.release();
  });
});

describe("cpu", () => {
  test("shared memory is refused with what to do", async () => {
    const session = await cpuBackend({ threads: 1 }).compile(linear());
    const shared = new Float32Array(new SharedArrayBuffer(8)) as Float32Array;
    await expect(
      session.run(feed({ x: { dtype: "f32", dims: [1, 2], data: shared }, w: f32([2, 1], 1, 2) })),
    ).rejects.toThrow('session "linear" on cpu: an array was refused; memory that threads share');
    await session.release();
  });

  test("a reshape that ONNX cannot say is refused with its place", async () => {
    const x = ops.leaf("x", [2, "N", "T"], data);
    const y = withPath("g/flip", () => ops.reshape(x, ["N", "T", 2]));
    await expect(cpuBackend().compile(named("flip", { x }, { y }))).rejects.toThrow(
      'reshape "g/flip": ONNX cannot say [N,T,2]',
    );
  });

  test("the runtime's errors name session and backend", async () => {
    const table = ops.leaf("t", [3, 1], data);
    const i = ops.leaf("i", [1], data, "i32");
    const session = await cpuBackend({ threads: 1 }).compile(
      named("embed", { table, i }, { y: ops.gatherRows(table, i) }),
    );
    const index: Tensor = { dtype: "i32", dims: [1], data: Int32Array.of(7) };
    const run = session.run(feed({ table: f32([3, 1], 1, 2, 3), i: index }));
    await expect(run).rejects.toThrow(
      /^session "embed" on cpu: .*indices element out of data bounds/,
    );
    await expect(run).rejects.toBeInstanceOf(GansmithError);
    await session.release();
  });

  test("an operator without a kernel is named with its place", async () => {
    const odd = defineOp<[x: Value]>(
      {
        name: "odd",
        infer: () => ({ shape: [2, 3], dtype: "f32" }),
        reference: () => new Float64Array(6),
        lower: (emit, inputs) =>
          emit.node("OneHot", [
            inputs[0] as string,
            emit.ints([3]),
            emit.constant(Float32Array.of(0, 1), [2]),
          ]),
      },
      (apply, x) => apply([x]),
    );
    const i = ops.leaf("i", [2], data, "i32");
    const y = withPath("g/embed", () => odd(i));
    await expect(cpuBackend().compile(named("lost", { i }, { y }))).rejects.toThrow(
      /session "lost" on cpu: it has no kernel for the operator OneHot \("g\/embed\/v\d+"\)/,
    );
  });

  test("a lowering of the backend's own is applied to the simplified graph", async () => {
    const seen: string[] = [];
    const backend = cpuBackend({
      threads: 1,
      lowering: (outputs) => {
        seen.push(...outputs.map((v) => v.rule.name));
        return outputs.map((v) => ops.mul(v, ops.scalar(10)));
      },
    });
    const x = ops.leaf("x", [1], data);
    const session = await backend.compile(
      named("l", { x }, { y: ops.add(ops.exp(x), ops.scalar(0)) }),
    );
    expect(seen).toEqual(["exp"]);
    expect(numbers(await session.run(feed({ x: f32([1], 0) })), "y")).toEqual([10]);
    await session.release();
  });

  test("threads do not change a small step's result, and must make sense", async () => {
    const [x, w] = [ops.leaf("x", [8, 16], data), ops.leaf("w", [16, 4], data)];
    const loss = ops.reduceMean(ops.softplus(ops.matMul(x, w)));
    const graph = named("step", { x, w }, { loss, dw: gradients(loss, [w])[0] as Value });
    const feeds = feed({
      x: f32([8, 16], ...Array.from({ length: 128 }, (_, i) => Math.sin(i))),
      w: f32([16, 4], ...Array.from({ length: 64 }, (_, i) => Math.cos(i))),
    });
    const results: number[][] = [];
    for (const threads of [1, 2]) {
      const session = await cpuBackend({ threads }).compile(graph);
      results.push(numbers(await session.run(feeds), "dw"));
      await session.release();
    }
    results[0]?.forEach((v, i) => {
      expect(v).toBeCloseTo(results[1]?.[i] as number, 6);
    });
    expect(() => cpuBackend({ threads: 0 })).toThrow("threads must be a whole number >= 1");
    expect(() => cpuBackend({ threads: 1.5 })).toThrow(GansmithError);
    expect(cpuBackend().threads).toBe(physicalCores());
  });
});

test("deviceOutputs must be outputs", async () => {
  await expect(
    cpuBackend({ threads: 1 }).compile(linear(), { deviceOutputs: ["z"] }),
  ).rejects.toThrow('deviceOutputs names "z", which is no output. It gives: y, above.');
});

test("physical cores are at least one and at most the logical ones", () => {
  expect(physicalCores()).toBeGreaterThanOrEqual(1);
  expect(physicalCores()).toBeLessThanOrEqual(availableParallelism());
});

test("backends are chosen by name", () => {
  expect(backendNames).toEqual(["auto", "cpu", "webgpu", "cuda", "reference"]);
  for (const name of backendNames) {
    expect(chooseBackend(name).name).toBe(name === "auto" ? "cpu" : name);
  }
  expect(chooseBackend().name).toBe("cpu");
  expect(() => chooseBackend("gpu")).toThrow('unknown backend "gpu".');
  expect(() => chooseBackend("toString")).toThrow('unknown backend "toString".');
});

test("a GPU that is not there is told in a sentence", async () => {
  // cuda12 files are never part of this project's own install.
  await expect(cudaBackend().compile(linear())).rejects.toThrow(
    /on cuda: the CUDA provider does not load; it needs|has no cuda provider; it has: cpu/,
  );
});
