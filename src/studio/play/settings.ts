import { z } from "zod";
import { toyOf } from "../../data/toys/registry.ts";
import { checkedConfiguration } from "../../recipes/describe-issues.ts";

const networkSchema = z.strictObject({
  /** Hidden layers. */
  layers: z.int().min(0).max(6),
  /** Units of each. */
  width: z.int().min(1).max(256),
  learningRate: z.number().min(0).max(10),
  optimizer: z.enum(["sgd", "adam"]).default("adam"),
});

/** Everything that decides how a game in the plane is played: plain JSON. */
export const playSchema = z.strictObject({
  data: z.looseObject({ name: z.string() }).default({ name: "ring-8" }),
  noise: z
    .strictObject({
      size: z.int().min(1).max(2).default(2),
      distribution: z.enum(["normal", "uniform"]).default("normal"),
    })
    .prefault({}),
  generator: networkSchema.prefault({ layers: 3, width: 64, learningRate: 1e-3 }),
  discriminator: networkSchema.prefault({ layers: 3, width: 64, learningRate: 1e-3 }),
  /** Updates of each player an iteration. */
  generatorSteps: z.int().min(1).max(10).default(1),
  discriminatorSteps: z.int().min(1).max(10).default(1),
  loss: z.string().default("relativistic"),
  /** Weights of gradient penalties; 0 leaves one out. */
  r1: z.number().min(0).max(1000).default(0.1),
  r2: z.number().min(0).max(1000).default(0.1),
  gradientPenalty: z.number().min(0).max(1000).default(0),
  /** Points that D judges at a time (PacGAN). */
  pack: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(1),
  /** Half-life of G's moving average in iterations; 0 shows G itself. */
  average: z.number().min(0).max(100_000).default(100),
  batch: z.union([z.literal(64), z.literal(128), z.literal(256), z.literal(512)]).default(256),
  seed: z.int().min(0).max(0xffff_ffff).default(1),
});

export type PlaySettings = z.output<typeof playSchema>;

/** What a page begins with. */
export const defaultPlay: PlaySettings = playSchema.parse({});

/** Checks settings whole; throws a usage error that names the value that does not fit. */
export function checkPlay(value: unknown): PlaySettings {
  const settings = checkedConfiguration(playSchema, value);
  toyOf(settings.data);
  return settings;
}
