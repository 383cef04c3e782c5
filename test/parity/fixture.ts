import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { interpret } from "../../src/graph/interpret.ts";
import type { NdArray } from "../../src/graph/nd-array.ts";
import { leaf } from "../../src/graph/ops/leaf.ts";
import type { Value } from "../../src/graph/value.ts";
import { decodeSafetensors } from "../../src/onnx/safetensors.ts";

/** A fixture made by `bench/peers/make_fixtures.py`: what PyTorch computed, and from what. */
export class Fixture<Meta> {
  readonly meta: Meta;
  #tensors: ReadonlyMap<string, NdArray>;

  constructor(name: string) {
    const at = (ext: string) =>
      fileURLToPath(new URL(`../fixtures/${name}.${ext}`, import.meta.url));
    this.meta = JSON.parse(readFileSync(at("json"), "utf8")) as Meta;
    // A fixture of formulas alone has no tensors.
    const { tensors } = existsSync(at("safetensors"))
      ? decodeSafetensors(readFileSync(at("safetensors")))
      : { tensors: new Map() };
    this.#tensors = new Map(
      [...tensors].map(([key, { shape, data }]) => [
        key,
        { shape, data: Float64Array.from(data as Float64Array, Number) },
      ]),
    );
  }

  get(name: string): NdArray {
    const found = this.#tensors.get(name);
    if (!found) throw new Error(`the fixture has no tensor ${name}`);
    return found;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }
}

/** A data leaf of an array's shape. */
export function leafFor(name: string, { shape }: NdArray, dtype: "f32" | "i32" = "f32"): Value {
  return leaf(name, shape, { kind: "data" }, dtype);
}

/** Runs outputs in f64. */
export function evaluate(outputs: readonly Value[], feeds: ReadonlyMap<Value, NdArray>): NdArray[] {
  return interpret(outputs, feeds);
}

/** The largest difference, relative to the largest expected magnitude (at least `floor`). */
export function worstDifference(got: NdArray, expected: NdArray, floor = 1e-6): number {
  if (got.data.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  let top = floor;
  for (const x of expected.data) top = Math.max(top, Math.abs(x));
  let worst = 0;
  got.data.forEach((x, i) => {
    worst = Math.max(worst, Math.abs(x - (expected.data[i] as number)) / top);
  });
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst;
}
