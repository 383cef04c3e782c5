import type { Phase } from "../../adversarial/game.ts";
import type { Optimizer } from "../../optim/index.ts";
import type { Tensor } from "../../runtime/session.ts";

/** How one network is trained. */
export interface NetworkOptimizer {
  readonly rule: Optimizer;
  readonly options: unknown;
}

/** What a phase gave: its loss and further scalars by name. */
export type PhaseScalars = ReadonlyMap<string, number>;

/**
 * Plays a game's moves on a backend and owns all arrays: weights, optimizer state, running
 * statistics and the moving average.
 *
 * Names of the arrays in `read` and `write`: a variable's path; `optimizer/<slot>/<path>`;
 * `ema/<path>` for the averaged network's variables.
 */
export interface Engine {
  /** Plays one move; `feeds` are its inputs by name. The network's update is applied in it. */
  play(
    phase: Phase,
    feeds: ReadonlyMap<string, Tensor>,
    learningRate: number,
  ): Promise<PhaseScalars>;
  /** Moves the game's averaged network: ema <- decay ema + (1 - decay) weights; statistics are copied. */
  average(decay: number): Promise<void>;
  /** Names of all arrays that `read` gives. */
  readonly arrayNames: readonly string[];
  /** Arrays by name, as copies; all of them by default. */
  read(names?: readonly string[]): Promise<Map<string, Float32Array>>;
  /** Sets arrays by name; those not named keep what they hold. */
  write(arrays: ReadonlyMap<string, Float32Array>): Promise<void>;
  /** Updates applied so far, by network; the optimizer's t. */
  readonly updates: Map<string, number>;
  release(): Promise<void>;
}
