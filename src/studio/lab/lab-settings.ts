import { z } from "zod";
import { checkedConfiguration } from "../../recipes/describe-issues.ts";
import { checkConfig, type RunConfig, recipeByName } from "../../recipes/index.ts";
import type { LabData } from "./lab-data.ts";

/** What one chooses in the lab; the rest is the recipe's. */
export const labSchema = z.strictObject({
  /** Height and width in pixels. */
  size: z.union([z.literal(28), z.literal(32), z.literal(64)]).default(28),
  /** 1 grey, 3 colour; what the images are by default. */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  /** Channels next to the image. */
  width: z.int().min(1).max(128).default(16),
  /** Both players see the class where the images have classes. */
  conditional: z.boolean().default(true),
  loss: z.string().default("non-saturating"),
  /**
   * Of R1 with gamma 1 or 10, in every step or every fourth, on three seeds of MNIST each, the one that
   * drew strokes after 100 steps on all; on seed 0 the others took longer, or 600 were not enough.
   */
  regularizers: z
    .array(z.looseObject({ name: z.string() }))
    .default([{ name: "r1", gamma: 10, interval: 4 }]),
  batch: z.int().min(2).max(256).default(32),
  seed: z.int().min(0).max(0xffff_ffff).default(0),
});
export type LabSettings = z.output<typeof labSchema>;

/** What the page begins with. */
export const defaultLab: LabSettings = labSchema.parse({});

/** Thousands of images after which Node ends a run of the lab, and the fall of its learning rate. */
const labKimg = 450;

/**
 * The configuration of a run: the recipe `mnist-dcgan` where images have classes, else `dcgan`, with
 * what was chosen. Throws a usage error that names the value that does not fit.
 */
export function labConfig(chosen: unknown, { spec, images, files }: LabData): RunConfig {
  const settings = checkedConfiguration(labSchema, chosen);
  const labelled = images.classes.length > 1;
  const { name, config } = recipeByName(labelled ? "mnist-dcgan" : "dcgan");
  const { width, conditional, loss, regularizers, batch, seed } = settings;
  const model = { name: "dcgan", latent: 100, baseChannels: width };
  return checkConfig({
    ...config,
    recipe: name,
    model: labelled ? { ...model, conditional } : model,
    data: spec,
    size: images.size,
    channels: images.channels,
    loss: { name: loss },
    ...{ regularizers, batch, seed },
    length: { kimg: labKimg },
    // Images of one's own are all trained on: none are left to judge with.
    metrics: files.size > 0 ? [] : config.metrics,
  });
}

/** The settings that a run of the lab was made with, as far as the page shows them. */
export function settingsOfConfig(config: RunConfig): LabSettings {
  const { model, size, channels, loss, regularizers, batch, seed } = config;
  const parsed = labSchema.safeParse({
    ...{ size, channels, loss: loss.name, regularizers, batch, seed },
    width: model.baseChannels ?? 64,
    conditional: Boolean(model.conditional),
  });
  return parsed.success ? parsed.data : { ...defaultLab, batch, seed };
}
