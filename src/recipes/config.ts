import { z } from "zod";
import { weightSchema } from "../optim/index.ts";
import { usageError } from "../util/errors.ts";
import { checkedConfiguration } from "./describe-issues.ts";

/** A value of some registry: its name, and options that its own schema checks. */
const named = z.looseObject({ name: z.string().min(1) });

const optimizerSchema = named.extend({ learningRate: weightSchema });

/** With `interval` its penalty is paid in every so many steps only, so many times over. */
const regularizerSchema = named.extend({ interval: z.int().min(1).max(1024).optional() });

/**
 * All that determines a training run. A recipe fills it in; `config.json` of a run folder holds it
 * whole. The options of models, losses, data sets and optimizers are checked by their own schemas.
 */
export const configSchema = z.strictObject({
  /** The recipe it began as. */
  recipe: z.string().min(1),
  model: named,
  data: named,
  /** Height and width of the images in pixels. */
  size: z.int().min(4).max(1024),
  /** 1 grey, 3 colour; what the data are by default. */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  loss: named,
  /** Terms added to the players' losses, and other changes of the game. */
  regularizers: z.array(regularizerSchema),
  optimizer: z.strictObject({ discriminator: optimizerSchema, generator: optimizerSchema }),
  /** Images a step and player. */
  batch: z.int().min(2).max(65536),
  /** Samples that the discriminator judges at a time (PacGAN); divides `batch`. */
  pack: z.int().min(1).max(64).default(1),
  /** Discriminator updates an iteration, each on a fresh batch. */
  discriminatorSteps: z.int().min(1).max(100),
  generatorSteps: z.int().min(1).max(100),
  /** Half-life of the generator's moving average in thousands of images; 0 keeps none. */
  emaKimg: z.number().min(0),
  /** When training ends: the first of these that is reached. */
  length: z
    .strictObject({
      steps: z.int().min(1).optional(),
      kimg: z.number().positive().optional(),
      minutes: z.number().positive().optional(),
      epochs: z.number().positive().optional(),
    })
    .refine((l) => Object.keys(l).length > 0, "needs steps, kimg, minutes or epochs"),
  /** How the training doctor examines the run; false leaves it out. */
  health: z
    .union([
      z.literal(false),
      z.strictObject({
        /** Thousands of real images between two checkups; less at first. */
        everyKimg: z.number().positive().default(8),
        /** On a finding, goes back to the last healthy checkpoint and changes what the doctor says. */
        guard: z.boolean().default(false),
      }),
    ])
    .default({ everyKimg: 8, guard: false }),
  seed: z.int().min(0),
  backend: z.enum(["auto", "cpu", "webgpu", "cuda", "reference"]),
  /** CPU threads; the machine's cores by default. */
  threads: z.int().min(1).max(1024).optional(),
  /** Steps between two entries of losses in the events. */
  logEverySteps: z.int().min(1),
  /** Seconds between checkpoints. */
  checkpointEverySeconds: z.number().positive(),
  /** Steps between checkpoints, besides those by time. */
  checkpointEverySteps: z.int().min(1).optional(),
  keepCheckpoints: z.int().min(1),
  /** Sample pictures over the whole run; the last one always comes. */
  pictures: z.int().min(1),
  /** What is measured at the end; `auto` is all that suits the data, an empty list nothing. */
  metrics: z.union([z.literal("auto"), z.array(z.string())]),
  /** Generated images that are judged. */
  evalSamples: z.int().min(16),
});
export type RunConfig = z.output<typeof configSchema>;

/** Checks a whole configuration; throws a usage error that names the value that does not fit. */
export function checkConfig(value: unknown): RunConfig {
  return checkedConfiguration(configSchema, value);
}

/** Sets `a.b.c=value` (JSON, or else a plain string) in a copy of a configuration. */
export function withSetting(config: unknown, assignment: string): unknown {
  const at = assignment.indexOf("=");
  if (at < 1) {
    throw usageError(
      `--set needs key=value, received "${assignment}"; for example --set batch=32.`,
    );
  }
  const path = assignment.slice(0, at).split(".");
  return setPath(config, path, parseSetting(assignment.slice(at + 1)));
}

function parseSetting(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setPath(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (key === "" || key === "__proto__") throw usageError(`--set: "${key}" is no key.`);
  if (Array.isArray(target)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > target.length) {
      throw usageError(`--set: "${key}" is no index of a list of ${target.length}.`);
    }
    return [
      ...target.slice(0, index),
      setPath(target[index], rest, value),
      ...target.slice(index + 1),
    ];
  }
  const object = typeof target === "object" && target !== null ? target : {};
  return { ...object, [key]: setPath((object as Record<string, unknown>)[key], rest, value) };
}
