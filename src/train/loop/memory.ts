import type { Game } from "../../adversarial/index.ts";
import { elementCount, topologicalOrder, type Value } from "../../graph/value.ts";
import { GansmithError } from "../../util/errors.ts";

const bytesOf = { f32: 4, i32: 4, bool: 1 } as const;

/** Arrays beside a parameter: gradient, two of optimizer state, a copy in checkpoints. */
const copiesOfParameters = 5;

/**
 * About how many bytes one iteration needs at its peak: the arrays that are alive at the same time
 * in the most demanding phase, and the parameters with what belongs to them. Elementwise results
 * replace their input, as ONNX Runtime does it.
 */
export function estimateBytes(game: Game): number {
  let peak = 0;
  for (const phase of new Set(game.plan)) {
    const roots = [
      phase.loss,
      ...phase.gradients.values(),
      ...phase.assignments.values(),
      ...phase.scalars.values(),
    ];
    peak = Math.max(peak, peakOf(roots));
  }
  let parameters = 0;
  for (const v of game.variables.all.values()) parameters += elementCount(v.shape) * 4;
  return peak + copiesOfParameters * parameters;
}

function peakOf(roots: readonly Value[]): number {
  const order = topologicalOrder(roots);
  const lastUse = new Map<Value, number>();
  for (const [i, v] of order.entries()) for (const input of v.inputs) lastUse.set(input, i);
  for (const root of roots) lastUse.set(root, order.length);
  const bytes = (v: Value) => elementCount(v.shape as readonly number[]) * bytesOf[v.dtype];
  let alive = 0;
  let peak = 0;
  for (const [i, v] of order.entries()) {
    const ending = [...new Set(v.inputs)].filter((input) => lastUse.get(input) === i);
    const freed = ending.reduce((sum, input) => sum + bytes(input), 0);
    const replaced = ending.some((input) => bytes(input) === bytes(v)) ? bytes(v) : 0;
    peak = Math.max(peak, alive + bytes(v) - replaced);
    alive += bytes(v) - freed;
  }
  return peak;
}

/** Throws a runtime error that says how large a batch may be when a game cannot fit into memory. */
export function checkMemory(game: Game, batch: number, available = availableBytes()): void {
  const needed = estimateBytes(game);
  if (needed <= available) return;
  const gib = (x: number) => `${(x / 2 ** 30).toFixed(1)} GiB`;
  const fits = 2 ** Math.floor(Math.log2(Math.max(2, (batch * available) / needed / 1.5)));
  throw new GansmithError(
    "runtime",
    `there is not enough memory for batch ${batch}: one step needs about ${gib(needed)}, ${gib(available)} are free; use a smaller one, for example --set batch=${fits}.`,
  );
}

/** Memory that this process may still take, by the machine and by its container; a page cannot know. */
function availableBytes(): number {
  return typeof process === "undefined" ? Number.POSITIVE_INFINITY : process.availableMemory();
}
