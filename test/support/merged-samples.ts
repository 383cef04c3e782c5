import type { NdArray } from "../../src/graph/nd-array.ts";
import type { Value } from "../../src/graph/value.ts";
import type { Backend, Tensor } from "../../src/runtime/session.ts";
import { derivativesOf, referenceOutputs, relativeError } from "./derivatives.ts";
import { allSamples } from "./op-samples.ts";

/** WGSL promises 2^-11 for sin and cos on [-pi, pi] and no more; everything else is f32 rounding. */
const webgpuTolerance = (name: string) => (/^(sin|cos)\//.test(name) ? 2 ** -11 : 2e-6);
const tolerances = { webgpu: webgpuTolerance, wasm: () => 2e-6 };

export interface SampleReport {
  /** Outputs compared: y, gradients and second gradients of every sample. */
  readonly compared: number;
  /** The largest error beside those that WGSL leaves loose. */
  readonly worst: { readonly name: string; readonly error: number };
  /** One line for each output of a wrong shape or type, or further off than the tolerance. */
  readonly failures: readonly string[];
}

/**
 * Runs all samples with their derivatives as one graph (a shader is then compiled once, not once a
 * sample) and compares with the reference.
 */
export async function runAllSamples(backend: Backend): Promise<SampleReport> {
  const inputs = new Map<string, Value>();
  const outputs = new Map<string, Value>();
  const feeds = new Map<string, Tensor>();
  const truth = new Map<string, NdArray>();
  for (const { name, sample } of allSamples()) {
    const { graph, feeds: own } = derivativesOf(name, sample);
    for (const [key, value] of graph.inputs) inputs.set(`${name}/${key}`, value);
    for (const [key, value] of graph.outputs) outputs.set(`${name}/${key}`, value);
    for (const [key, value] of own) feeds.set(`${name}/${key}`, value);
    for (const [key, value] of referenceOutputs(graph, own)) truth.set(`${name}/${key}`, value);
  }
  const session = await backend.compile({ name: "samples", inputs, outputs });
  const results = await session.run(feeds);
  await session.release();
  const failures: string[] = [];
  let worst = { name: "", error: 0 };
  for (const [name, expected] of truth) {
    const found = results.get(name) as Tensor | undefined;
    const dtype = outputs.get(name)?.dtype;
    if (found?.dtype !== dtype || found?.dims.join() !== expected.shape.join()) {
      failures.push(`${name}: ${found?.dtype}[${found?.dims}], not ${dtype}[${expected.shape}]`);
      continue;
    }
    const error = relativeError(expected.data, found.data);
    const tolerance = tolerances[backend.name as keyof typeof tolerances](name);
    if (!(error <= tolerance)) failures.push(`${name}: off by ${error}, allowed ${tolerance}`);
    else if (tolerance <= 2e-6 && error > worst.error) worst = { name, error };
  }
  return { compared: truth.size, worst, failures };
}
