import type { Schedule } from "../optim/index.ts";
import type { Curable } from "./illness.ts";

const players = ["discriminator", "generator"] as const;
type Player = (typeof players)[number];

/** DCGAN's rate for Adam (arXiv 1511.06434), which most games bear. */
export const usualRate = 2e-4;
const usualMomentum = 0.5;

/** A player's highest learning rate. */
export function rateOf({ optimizer }: Curable, player: Player): number {
  const rate = optimizer[player].learningRate as Schedule;
  return typeof rate === "number" ? rate : Math.max(rate.from, rate.to);
}

/** The setting that gives a player another highest rate; a schedule keeps its form. */
export function withRate({ optimizer }: Curable, player: Player, rate: number): string {
  const before = optimizer[player].learningRate as Schedule;
  const key = `optimizer.${player}.learningRate`;
  if (typeof before === "number") return `${key}=${short(rate)}`;
  const scale = rate / Math.max(before.from, before.to);
  const scaled = { ...before, from: short(before.from * scale), to: short(before.to * scale) };
  return `${key}=${JSON.stringify(scaled)}`;
}

/**
 * Both players at one rate: the nearer of theirs to the usual one, or that itself if it lies between
 * them.
 */
export function evenRates(config: Curable): string[] {
  const rates = players.map((player) => rateOf(config, player));
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  if (low === high) return [];
  const rate = Math.min(Math.max(usualRate, low), high);
  return players
    .filter((player) => rateOf(config, player) !== rate)
    .map((player) => withRate(config, player, rate));
}

/** Adam's beta1, where it is above DCGAN's 0.5, at that. */
export function lessMomentum({ optimizer }: Curable): string[] {
  return players
    .filter((player) => Number(optimizer[player].beta1 ?? 0) > usualMomentum)
    .map((player) => `optimizer.${player}.beta1=${usualMomentum}`);
}

/** One step each where it was more. */
export function evenSteps(config: Curable): string[] {
  return (["discriminatorSteps", "generatorSteps"] as const)
    .filter((key) => (config[key] ?? 1) > 1)
    .map((key) => `${key}=1`);
}

/** Adds a regularizer, or gives it other options where it is used; nothing if it has them already. */
export function withRegularizer(
  { regularizers }: Curable,
  name: string,
  options: object,
): string[] {
  const wanted = { name, ...options };
  const next = regularizers.some((r) => r.name === name)
    ? regularizers.map((r) => (r.name === name ? { ...r, ...wanted } : r))
    : [...regularizers, wanted];
  const [before, after] = [JSON.stringify(regularizers), JSON.stringify(next)];
  return before === after ? [] : [`regularizers=${after}`];
}

function short(x: number): number {
  return Number(x.toPrecision(3));
}
