import type { Game, Phase } from "../../adversarial/game.ts";
import { leafRole } from "../../graph/ops/leaf.ts";
import { elementCount, type Value } from "../../graph/value.ts";
import type { Tensor } from "../../runtime/session.ts";
import { Random, type RandomState } from "../../util/random.ts";

/**
 * Draws the random inputs of a game's moves. A value that several moves read is drawn by the first
 * of them and stays for the others: the generator is judged on the fakes that the discriminator saw.
 */
export class NoiseSource {
  #random: Random;
  #drawn = new Map<Value, Tensor>();
  #owned = new Map<Phase, readonly Value[]>();

  constructor(game: Game, seed: number, state?: RandomState) {
    this.#random = state ? Random.fromState(state) : new Random(seed, "noise");
    for (const phase of new Set(game.plan)) {
      const noise = [...phase.inputs.values()].filter((v) => leafRole(v).kind === "noise");
      this.#owned.set(
        phase,
        noise.filter((v) => !this.#drawn.has(v)),
      );
      for (const v of noise) this.#drawn.set(v, emptyTensor(v));
    }
  }

  get state(): RandomState {
    return this.#random.state;
  }

  /** The noise inputs of a move by name, freshly drawn where they are its own. */
  feed(phase: Phase, feeds: Map<string, Tensor>): void {
    for (const v of this.#owned.get(phase) ?? []) {
      const role = leafRole(v);
      const data = this.#drawn.get(v)?.data as Float32Array;
      if (role.kind === "noise" && role.distribution === "uniform") this.#random.fillUniform(data);
      else this.#random.fillNormal(data);
    }
    for (const [name, v] of phase.inputs) {
      const tensor = this.#drawn.get(v);
      if (tensor) feeds.set(name, tensor);
    }
  }
}

/** Feeds a move the present values of its schedules. */
export function feedSchedules(phase: Phase, kimg: number, feeds: Map<string, Tensor>): void {
  for (const [name, v] of phase.inputs) {
    const role = leafRole(v);
    if (role.kind !== "schedule") continue;
    feeds.set(name, { dtype: "f32", dims: [], data: Float32Array.of(role.at(kimg)) });
  }
}

function emptyTensor(v: Value): Tensor {
  const data = new Float32Array(elementCount(v.shape));
  return { dtype: v.dtype, dims: v.shape as readonly number[], data };
}
