import { readdirSync } from "node:fs";
import { dataSourceOf } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import type { MetricResult } from "../metrics/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import { judged, machineOf, record, short } from "./record.ts";
import type { Run } from "./run.ts";
import type { ModelCard } from "./run-folder/model-card.ts";
import { RunFolder } from "./run-folder/run-folder.ts";

export interface FinishOptions {
  readonly onProgress?: (stage: string, done: number, total?: number) => void;
  /** Hears what could not be done without the run being worthless. */
  readonly onWarning?: (message: string) => void;
}

/**
 * What a finished run gets on top: the metrics that its configuration asks for, `generator.onnx` and
 * the model card. Returns the metrics by name.
 */
export async function finishRun(
  run: Run,
  { onProgress, onWarning }: FinishOptions = {},
): Promise<Record<string, MetricResult>> {
  await run.export(RunFolder.open(run.path).generatorPath);
  const metrics = await judged(
    run.config.metrics,
    (names) => run.evaluate({ metrics: names, onProgress, onWarning }),
    onWarning,
  );
  recordMetrics(run, metrics);
  return metrics;
}

/** Writes metrics into the events and the model card. */
export function recordMetrics(run: Run, metrics: Record<string, MetricResult>): void {
  record(run, metrics, (folder) => imageCard(run, folder, metrics));
}

function imageCard(run: Run, folder: RunFolder, metrics: Record<string, MetricResult>): ModelCard {
  const { config } = run;
  const { step, kimg, seconds } = run.trained();
  const { model, classes } = run.generator();
  const { channels, size } = model.image;
  const source = dataSourceOf(config.data as DataSpec);
  const notes = Object.entries(metrics).flatMap(([name, { warnings }]) =>
    Array.isArray(warnings) ? warnings.map((w) => `${name}: ${String(w)}`) : [],
  );
  const picture = readdirSync(folder.samplesPath).sort().at(-1);
  return {
    summary:
      `A generator of ${size}x${size} ${channels === 1 ? "grey" : "colour"} images like those of ` +
      `${config.data.name}, drawn from ${model.latent} normal random numbers each.`,
    data: {
      name: config.data.name,
      source: classes.length > 0 ? `${source.summary}; ${classes.length} classes` : source.summary,
    },
    recipe: recipeValues(config),
    metrics,
    ...{ seed: config.seed, steps: step, kimg, seconds, ...machineOf(folder) },
    picture: picture && `samples/${picture}`,
    use: [
      `gansmith sample ${run.path} --n 64 --out grid.png`,
      `gansmith resume ${run.path}`,
      `gansmith export ${run.path} --format onnx --out generator.onnx`,
    ],
    floors:
      "The floor is the same figure between training and test data: a perfect model does not go below it.",
    notes,
  };
}

/** The values that tell one recipe from another, in one line each. */
function recipeValues(config: RunConfig): Record<string, string | number | boolean> {
  const { recipe, model, loss, regularizers, optimizer, batch, emaKimg, length } = config;
  return {
    recipe,
    model: short(model),
    loss: short(loss),
    regularizers: short(regularizers),
    discriminator: short(optimizer.discriminator),
    generator: short(optimizer.generator),
    batch,
    emaKimg,
    length: short(length),
  };
}
