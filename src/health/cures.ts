import type { Schedule } from "../optim/index.ts";
import type { Curable } from "./illness.ts";

type Player = "discriminator" | "generator";

/** DCGAN's rate for Adam (arXiv 1511.06434), which most games bear. */
export const usualRate = 2e-4;

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

/** Both players at the rate, of the two that they have, that is nearer to the usual one. */
export function evenRates(config: Curable): string[] {
  const [d, g] = [rateOf(config, "discriminator"), rateOf(config, "generator")];
  const off = (rate: number) => Math.abs(Math.log(Math.max(rate, 1e-12) / usualRate));
  const rate = off(d) <= off(g) ? d : g;
  return [
    ...(d === rate ? [] : [withRate(config, "discriminator", rate)]),
    ...(g === rate ? [] : [withRate(config, "generator", rate)]),
  ];
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
