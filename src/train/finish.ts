import { readdirSync } from "node:fs";
import { dataSourceOf } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import type { MetricResult } from "../metrics/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import { GansmithError } from "../util/errors.ts";
import type { Run } from "./run.ts";
import { EventWriter, readEvents } from "./run-folder/events.ts";
import { writeModelCard } from "./run-folder/model-card.ts";
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
  const { metrics: wanted } = run.config;
  let metrics: Record<string, MetricResult> = {};
  if (wanted === "auto" || wanted.length > 0) {
    try {
      metrics = await run.evaluate({
        metrics: wanted === "auto" ? undefined : wanted,
        onProgress,
        onWarning,
      });
    } catch (error) {
      // The training is done and safe; that a small folder has no test images must not fail it.
      if (!(error instanceof GansmithError)) throw error;
      onWarning?.(`The samples were not judged: ${error.message}`);
    }
  }
  recordMetrics(run, metrics);
  return metrics;
}

/** Writes metrics into the events and the model card. */
export function recordMetrics(run: Run, metrics: Record<string, MetricResult>): void {
  const folder = RunFolder.open(run.path).lock();
  try {
    const { step } = run.checkpoint();
    if (Object.keys(metrics).length > 0) {
      const events = new EventWriter(folder.eventsPath);
      try {
        events.write({ type: "metrics", step, metrics });
      } finally {
        events.close();
      }
    }
    writeCard(run, folder, step, metrics);
  } finally {
    folder.release();
  }
}

function writeCard(
  run: Run,
  folder: RunFolder,
  step: number,
  metrics: Record<string, MetricResult>,
): void {
  const { config } = run;
  const { kimg, seconds } = run.trained();
  const start = readEvents(folder.eventsPath).find((e) => e.type === "start");
  const { gansmith: _made, node, ...machine } = (start?.info ?? {}) as Record<string, string>;
  const { model, classes } = run.generator();
  const { channels, size } = model.image;
  const source = dataSourceOf(config.data as DataSpec);
  const notes = Object.entries(metrics).flatMap(([name, { warnings }]) =>
    Array.isArray(warnings) ? warnings.map((w) => `${name}: ${String(w)}`) : [],
  );
  const picture = readdirSync(folder.samplesPath).sort().at(-1);
  writeModelCard(folder, {
    summary:
      `A generator of ${size}x${size} ${channels === 1 ? "grey" : "colour"} images like those of ` +
      `${config.data.name}, drawn from ${model.latent} normal random numbers each.`,
    data: {
      name: config.data.name,
      source: classes.length > 0 ? `${source.summary}; ${classes.length} classes` : source.summary,
    },
    recipe: recipeValues(config),
    metrics,
    seed: config.seed,
    steps: step,
    kimg,
    seconds,
    machine,
    versions: node === undefined ? {} : { node },
    picture: picture && `samples/${picture}`,
    notes,
  });
}

/** The values that tell one recipe from another, in one line each. */
function recipeValues(config: RunConfig): Record<string, string | number | boolean> {
  const short = (value: unknown) =>
    typeof value === "object" ? JSON.stringify(value) : (value as string | number);
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
