import type { Value } from "../graph/value.ts";
import type { Variables } from "../nn/scope.ts";
import type { Loss } from "./loss.ts";
import type { Players } from "./model.ts";
import type { Regularizer } from "./regularizer.ts";

/** One player's move: what it reads, minimises, and leaves behind. */
export interface Phase {
  readonly name: string;
  /** The network that this phase trains; its variables stand below this path. */
  readonly network: string;
  /** What it minimises, shape []. */
  readonly loss: Value;
  /** Batches and random numbers by name, e.g. `real` [N,C,H,W], `z` [N,latent]. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** d(loss)/d(parameter) by parameter name. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** New contents of state variables by name. */
  readonly assignments: ReadonlyMap<string, Value>;
  /** Further shape [] values to log. */
  readonly scalars: ReadonlyMap<string, Value>;
  /** After the update every weight of the network is cut to [-clip, clip]; 0 leaves them alone. */
  readonly clip?: number;
  /** Played in every so many iterations only, on the batch of the move before it; 1 by default. */
  readonly interval?: number;
}

/** A rule with its checked options. */
export interface ChosenRegularizer {
  readonly rule: Regularizer;
  readonly options: unknown;
  /**
   * Its penalty is paid in every so many iterations, so many times over, in a move of its own (lazy
   * regularisation, arXiv 1912.04958). 1 by default: with every move.
   */
  readonly interval?: number;
}

export interface GameSpec {
  readonly model: Players;
  /** Shape of one sample, without the batch: [C,H,W] of an image. */
  readonly sample: readonly number[];
  readonly loss: { readonly rule: Loss; readonly options: unknown };
  readonly regularizers: readonly ChosenRegularizer[];
  readonly batch: number;
  /**
   * PacGAN (arXiv 1712.04086): D judges so many samples at a time, one behind the other along axis 1,
   * and sees a lack of variety. Divides `batch`; 1 is the plain game.
   */
  readonly pack?: number;
  readonly discriminatorSteps: number;
  readonly generatorSteps: number;
}

/** Networks and the moves of one iteration: all that an engine needs in order to train. */
export interface Game {
  readonly variables: Variables;
  /** The moves of one iteration in order; the same object may come several times. */
  readonly plan: readonly Phase[];
  /** The network of which a moving average is kept. */
  readonly averaged?: string;
  /**
   * Working memory stays with the engine between moves, however much it is. For moves of thousands of
   * kernels with large results: they would spend as long on getting fresh memory as on the work.
   */
  readonly keepsMemory?: boolean;
}

/** Whether a move belongs to the iteration that follows `step` finished ones. */
export function isDue({ interval = 1 }: Phase, step: number): boolean {
  return step % interval === 0;
}
