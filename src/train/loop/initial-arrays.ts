import type { Game } from "../../adversarial/index.ts";
import { elementCount } from "../../graph/value.ts";
import { Random } from "../../util/random.ts";

/**
 * What the arrays of a new game hold, by name: each variable draws from a stream of its own; averages
 * start as their variables. `arrayNames` are the engine's.
 */
export function initialArrays(
  game: Game,
  seed: number,
  arrayNames: readonly string[],
): Map<string, Float32Array> {
  const names = new Set(arrayNames);
  const arrays = new Map<string, Float32Array>();
  for (const v of game.variables.all.values()) {
    const data = new Float32Array(elementCount(v.shape));
    v.initializer(data, new Random(seed, `init/${v.name}`), v.shape);
    arrays.set(v.name, data);
    if (names.has(`ema/${v.name}`)) arrays.set(`ema/${v.name}`, data);
  }
  return arrays;
}
