import { corpusOf } from "../../data/text/corpora/registry.ts";
import type { TextRunConfig } from "../../recipes/text/index.ts";
import type { FinishOptions } from "../finish.ts";
import { judged, machineOf, record, short } from "../record.ts";
import { readEvents } from "../run-folder/events.ts";
import type { ModelCard } from "../run-folder/model-card.ts";
import type { MetricsEvent } from "../run-folder/run-event.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { evaluateText, type TextFigure } from "./evaluate-text.ts";
import { exportText } from "./text-onnx.ts";
import type { TextRun } from "./text-run.ts";

/** Sample texts in a model card. */
const cardTexts = 10;
const nllName = "validation NLL, nats a token";

/**
 * What a finished run of text gets on top: the metrics that its configuration asks for, `generator.onnx`
 * and the model card. Returns the metrics by name.
 */
export async function finishText(
  run: TextRun,
  { onProgress, onWarning }: FinishOptions = {},
): Promise<Record<string, TextFigure>> {
  exportText(run, RunFolder.open(run.path).generatorPath);
  const { metrics: wanted, evalSamples: n } = run.config;
  const evaluate = (metrics: readonly string[] | undefined) =>
    evaluateText(run, { metrics, n, ...(onProgress && { onProgress }) });
  const metrics = await judged(wanted, evaluate, onWarning);
  await recordTextMetrics(run, metrics);
  return metrics;
}

/** Writes metrics into the events and the model card. */
export async function recordTextMetrics(
  run: TextRun,
  metrics: Readonly<Record<string, TextFigure>>,
  more: Pick<MetricsEvent, "sweep" | "file"> = {},
): Promise<void> {
  const texts = await run.sample(cardTexts);
  record(run, metrics, (folder) => textCard(run, folder, metrics, texts), more);
}

function textCard(
  run: TextRun,
  folder: RunFolder,
  metrics: Readonly<Record<string, TextFigure>>,
  texts: readonly string[],
): ModelCard {
  const { config, path } = run;
  const { length, fixedLength, seed, data } = config;
  const { step, kimg, seconds, nll } = run.trained();
  const { summary: source } = corpusOf(data.name);
  const start = readEvents(folder.eventsPath).find((e) => e.type === "start");
  const validation = nll === undefined ? {} : { [nllName]: { value: nll } };
  return {
    summary:
      `A generator of texts like those of ${data.name}, of ${fixedLength ? "" : "at most "}` +
      `${length} tokens each.`,
    data: { name: data.name, texts: start?.info.texts as number | undefined, source },
    recipe: recipeValues(config),
    metrics: { ...validation, ...metrics },
    ...{ seed, steps: step, kimg, seconds, ...machineOf(folder) },
    texts,
    use: [
      `gansmith sample ${path} --n 20 --temperature 0.8`,
      `gansmith resume ${path}`,
      `gansmith export ${path} --out generator.onnx`,
    ],
    floors: "The floor is what as many real texts get.",
    notes: ["steps are iterations of the stages, kimg thousands of real texts shown."],
  };
}

/** The values that tell one recipe from another, in one line each. */
function recipeValues(config: TextRunConfig): ModelCard["recipe"] {
  const { recipe, tokenizer, length, generator, stages, end } = config;
  return {
    recipe,
    ...(tokenizer && { tokenizer: short(tokenizer) }),
    length,
    generator: short(generator),
    ...Object.fromEntries(
      stages.map(({ method, iterations, patience }, i) => [
        `stage ${i + 1}`,
        `${short(method)}, ${iterations} iterations${patience === undefined ? "" : `, patience ${patience}`}`,
      ]),
    ),
    ...(end && { end: short(end) }),
  };
}
