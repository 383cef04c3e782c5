import type { JsonValue } from "../../util/json.ts";

/** A value that is not the same in all configurations. */
export interface Difference {
  /** As `--set` takes it: `optimizer.generator.learningRate`. */
  readonly path: string;
  /** One a configuration, in their order; `undefined` where it has none. */
  readonly values: readonly (JsonValue | undefined)[];
}

/** What differs between configurations, by path in the order of the first one that has it. */
export function configDifferences(configs: readonly (JsonValue | undefined)[]): Difference[] {
  const leaves = configs.map((config) => leavesOf(config));
  const paths = new Set(leaves.flatMap((map) => [...map.keys()]));
  return [...paths]
    .map((path) => ({ path, values: leaves.map((map) => map.get(path)) }))
    .filter(({ values }) => new Set(values.map((v) => JSON.stringify(v))).size > 1);
}

/** Every number, text, flag and empty list of a configuration, by its path. */
export function leavesOf(
  value: JsonValue | undefined,
  path = "",
  out = new Map<string, JsonValue>(),
): Map<string, JsonValue> {
  if (value === undefined) return out;
  const inner =
    typeof value === "object" && value !== null
      ? Object.entries(value as Readonly<Record<string, JsonValue>>)
      : [];
  if (inner.length === 0) out.set(path, value);
  for (const [key, below] of inner) leavesOf(below, path ? `${path}.${key}` : key, out);
  return out;
}
