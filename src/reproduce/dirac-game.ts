import {
  buildGame,
  type Game,
  lossByName,
  type Phase,
  type Players,
  regularizerByName,
} from "../adversarial/index.ts";
import { interpret } from "../graph/interpret.ts";
import type { NdArray } from "../graph/nd-array.ts";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { ones } from "../nn/index.ts";

/** A part of the game: its name, and its options. */
interface Part {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** What the two players of the Dirac-GAN minimise. */
export interface DiracRules {
  readonly loss: Part;
  readonly regularizers?: readonly Part[];
}

/** G is a point at theta, D(x) = psi x. */
const players: Players = {
  latent: 1,
  classes: 0,
  generator: (s) => ops.reshape(s.parameter("theta", [1], ones), [1, 1]),
  discriminator: (s, x) => ops.mul(x, s.parameter("psi", [1], ones)),
};
const theta = "generator/theta";
const psi = "discriminator/psi";

export interface DiracSchedule {
  /** 0: both move at once; else G moves, then D so many times. */
  readonly discriminatorSteps: number;
  readonly stepSize: number;
  readonly steps: number;
}

/**
 * Where theta and psi are after every step of gradient descent from (1, -1): [theta, psi, theta, ...]. The
 * data are at 0, G is a point at theta, D(x) = psi x (arXiv 1801.04406).
 */
export function diracTrajectory(rules: DiracRules, schedule: DiracSchedule): number[] {
  const { discriminatorSteps, stepSize, steps } = schedule;
  const game = gameOf(rules);
  const [dMove, gMove] = game.plan as [Phase, Phase];
  const at = new Map([
    [theta, 1],
    [psi, -1],
  ]);
  const path = [1, -1];
  for (let step = 0; step < steps; step++) {
    if (discriminatorSteps === 0) {
      const moves = [dMove, gMove].map((move) => [move, slopeOf(game, move, at)] as const);
      for (const [move, slope] of moves) descend(move, stepSize * slope, at);
    } else {
      for (const move of [gMove, ...new Array<Phase>(discriminatorSteps).fill(dMove)]) {
        descend(move, stepSize * slopeOf(game, move, at), at);
      }
    }
    path.push(at.get(theta) as number, at.get(psi) as number);
  }
  return path;
}

/** The way that both players would go at once from each point [theta, psi, ...]: [-dG, -dD, ...]. */
export function diracField(rules: DiracRules, points: readonly number[]): number[] {
  const game = gameOf(rules);
  const [dMove, gMove] = game.plan as [Phase, Phase];
  const out: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const at = new Map([
      [theta, points[i] as number],
      [psi, points[i + 1] as number],
    ]);
    out.push(-slopeOf(game, gMove, at), -slopeOf(game, dMove, at));
  }
  return out;
}

function gameOf({ loss, regularizers = [] }: DiracRules): Game {
  const checked = <Rule extends { readonly schema: { parse(x: unknown): unknown } }>(
    rule: Rule,
    { name: _name, ...options }: Part,
  ) => ({ rule, options: rule.schema.parse(options) });
  return buildGame({
    model: players,
    sample: [1],
    loss: checked(lossByName(loss.name), loss),
    regularizers: regularizers.map((r) => checked(regularizerByName(r.name), r)),
    batch: 1,
    discriminatorSteps: 1,
    generatorSteps: 1,
  });
}

function slopeOf(game: Game, move: Phase, at: ReadonlyMap<string, number>): number {
  const feeds = new Map<Value, NdArray>();
  for (const v of game.variables.all.values()) feed(feeds, v.value, at.get(v.name) as number);
  // The data are at 0; between two points of a line D's slope is the same everywhere.
  for (const input of move.inputs.values()) if (!feeds.has(input)) feed(feeds, input, 0);
  const [slope] = interpret([...move.gradients.values()], feeds);
  return (slope as NdArray).data[0] as number;
}

function feed(feeds: Map<Value, NdArray>, leaf: Value, x: number): void {
  const shape = leaf.shape as readonly number[];
  feeds.set(leaf, { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(x) });
}

function descend({ network, clip = 0 }: Phase, change: number, at: Map<string, number>): void {
  const name = network === "generator" ? theta : psi;
  const next = (at.get(name) as number) - change;
  at.set(name, clip > 0 ? Math.min(clip, Math.max(-clip, next)) : next);
}
