import type { NamedTensor } from "../../onnx/safetensors.ts";
import { GansmithError } from "../../util/errors.ts";
import type { JsonValue } from "../../util/json.ts";

/** Everything that a resumed run needs to go on to the bit. */
export interface Checkpoint {
  /** Finished generator updates, a whole number >= 0. */
  readonly step: number;
  /** Weights, EMA, optimizer state, running statistics; their order is not kept. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Schedules, random-number state, position in the data, best metric: plain JSON. */
  readonly state: JsonValue;
}

/**
 * Checks that a checkpoint belongs to a model: the same names, each with the same shape.
 * Throws `GansmithError` ("checkpoint") whose one sentence names the first differences.
 */
export function matchTensors(
  expected: ReadonlyMap<string, readonly number[]>,
  got: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  what = "the checkpoint",
): void {
  const differences: string[] = [];
  for (const [name, shape] of expected) {
    const found = got.get(name);
    if (found === undefined) differences.push(`${name} [${shape}] is missing`);
    else if (found.shape.join() !== shape.join()) {
      differences.push(`${name} is [${found.shape}], expected [${shape}]`);
    }
  }
  for (const [name, { shape }] of got) {
    if (!expected.has(name)) differences.push(`${name} [${shape}] is not in this model`);
  }
  if (differences.length === 0) return;
  const more = differences.length > 3 ? `, and ${differences.length - 3} more differences` : "";
  throw new GansmithError(
    "checkpoint",
    `${what} belongs to another model: ${differences.slice(0, 3).join("; ")}${more}; use the recipe and settings that it was trained with.`,
  );
}
