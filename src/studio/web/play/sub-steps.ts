import type { Key } from "../i18n/en.ts";

/** Parts of the picture of the game. */
export type Part =
  | "noise"
  | "generator"
  | "fake"
  | "real"
  | "discriminator"
  | "discriminatorLoss"
  | "generatorLoss";

/** One thing that happens in an iteration, as slow motion shows it. */
export interface SubStep {
  readonly player: "discriminator" | "generator";
  readonly parts: readonly Part[];
  readonly text: Key;
  /** The player's update happens here. */
  readonly updates?: true;
}

/** An iteration in slow motion. */
export const subSteps: readonly SubStep[] = [
  { player: "discriminator", parts: ["noise"], text: "slow.noise" },
  { player: "discriminator", parts: ["noise", "generator", "fake"], text: "slow.generate" },
  { player: "discriminator", parts: ["real"], text: "slow.real" },
  { player: "discriminator", parts: ["real", "fake", "discriminator"], text: "slow.judge" },
  {
    player: "discriminator",
    parts: ["discriminator", "discriminatorLoss"],
    text: "slow.discriminatorLoss",
  },
  {
    player: "discriminator",
    parts: ["discriminatorLoss", "discriminator"],
    text: "slow.discriminatorUpdate",
    updates: true,
  },
  { player: "generator", parts: ["noise", "generator", "fake"], text: "slow.generateAgain" },
  { player: "generator", parts: ["fake", "discriminator"], text: "slow.judgeAgain" },
  { player: "generator", parts: ["discriminator", "generatorLoss"], text: "slow.generatorLoss" },
  {
    player: "generator",
    parts: ["generatorLoss", "discriminator", "fake"],
    text: "slow.generatorGradient",
  },
  {
    player: "generator",
    parts: ["generatorLoss", "generator"],
    text: "slow.generatorUpdate",
    updates: true,
  },
];
