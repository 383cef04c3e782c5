import type { Value } from "../../src/graph/value.ts";
import type { Tensor } from "../../src/runtime/session.ts";
import { Random } from "../../src/util/random.ts";

/** An input of a sample: its shape, and where its numbers come from. */
export interface SampleInput {
  readonly dtype: Tensor["dtype"];
  readonly shape: readonly number[];
  readonly draw: (random: Random) => number;
  /** Given numbers instead of drawn ones. */
  readonly values?: readonly number[];
}

/** Inputs of an op, and how it is applied to them. */
export interface OpSample {
  readonly title?: string;
  readonly inputs: readonly SampleInput[];
  readonly build: (...inputs: Value[]) => Value;
  /** It is evaluated where it has no derivative: central differences say nothing there. */
  readonly kinked?: true;
  /** It passes no gradient on purpose. */
  readonly blocks?: true;
}

/** f32 numbers uniform in low..high. */
export function floats(shape: readonly number[], low = -2, high = 2): SampleInput {
  return { dtype: "f32", shape, draw: (r) => low + (high - low) * r.uniform() };
}

/** f32 numbers given one by one. */
export function given(...values: number[]): SampleInput {
  return { dtype: "f32", shape: [values.length], draw: () => 0, values };
}

/** i32 numbers in 0..n-1. */
export function indices(shape: readonly number[], n: number): SampleInput {
  return { dtype: "i32", shape, draw: (r) => r.below(n) };
}

export function givenInts(...values: number[]): SampleInput {
  return { dtype: "i32", shape: [values.length], draw: () => 0, values };
}

export function bools(shape: readonly number[]): SampleInput {
  return { dtype: "bool", shape, draw: (r) => r.below(2) };
}

const arrays = { f32: Float32Array, i32: Int32Array, bool: Uint8Array } as const;

export function drawTensor(input: SampleInput, random: Random): Tensor {
  const size = input.shape.reduce((n, d) => n * d, 1);
  const numbers = input.values ?? Array.from({ length: size }, () => input.draw(random));
  return { dtype: input.dtype, dims: input.shape, data: new arrays[input.dtype](numbers) };
}

export function sampleRandom(name: string): Random {
  return new Random(1, `sample/${name}`);
}
