import type { TextRunConfig } from "../recipes/text/index.ts";
import type { TextEnd, TrainTextOptions } from "../train/text/train-text.ts";
import { usageError } from "../util/errors.ts";
import type { TrainFlags } from "./flags.ts";
import { figure, type Output, table } from "./output.ts";
import { formatDuration, Progress } from "./progress.ts";

/** A recipe of text with what the flags change, checked; undefined where the recipe is none of text. */
export async function textConfigOf(
  recipe: string,
  flags: TrainFlags,
): Promise<TextRunConfig | undefined> {
  const { checkTextConfig, textRecipes } = await import("../recipes/text/index.ts");
  const found = textRecipes.find((r) => r.name === recipe);
  if (!found) return undefined;
  const { withSetting } = await import("../recipes/index.ts");
  refuseImageFlags(flags);
  const { data, seed, backend, threads } = flags;
  const given = Object.entries({ seed, backend, threads }).filter(([, v]) => v !== undefined);
  const changed = {
    ...{ recipe, ...found.config, ...Object.fromEntries(given) },
    ...(data !== undefined && { data: textDataOf(data) }),
  };
  if (data !== undefined) delete (changed as { tokenizer?: unknown }).tokenizer;
  return checkTextConfig(flags.set.reduce<unknown>(withSetting, changed));
}

/** Throws a usage error where a flag of images is given for text. */
export function refuseImageFlags(flags: object): void {
  for (const name of ["size", "steps", "kimg", "minutes", "guard"]) {
    if ((flags as Record<string, unknown>)[name] === undefined) continue;
    throw usageError(
      `--${name} is for images; text ends by its stages, such as --set stages.0.iterations=5.`,
    );
  }
}

/** Writes texts of a run to the terminal, or as lines of JSON to `out`. */
export async function sampleText(
  path: string,
  flags: {
    readonly n: number;
    readonly seed?: number;
    readonly temperature?: number;
    readonly prefix?: string;
    readonly out?: string;
  },
  output: Output,
): Promise<void> {
  const { TextRun } = await import("../train/text/text-run.ts");
  const run = new TextRun(path);
  const { n, seed = run.config.seed, temperature = 1, prefix, out } = flags;
  const texts = await run.sample(n, { seed, temperature, prefix });
  const told = { run: path, n, seed, temperature };
  if (out === undefined) {
    output.text(below(texts));
    output.result({ ...told, texts });
    return;
  }
  const { writeFileAtomic } = await import("../util/node/files.ts");
  writeFileAtomic(out, texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
  output.text(`${n} texts: ${out}`);
  output.result({ ...told, out });
}

/** Judges a run of text. */
export async function evalText(
  path: string,
  flags: {
    readonly n?: number;
    readonly seed?: number;
    readonly metrics?: readonly string[];
    readonly temperature?: number;
  },
  output: Output,
): Promise<void> {
  const { TextRun } = await import("../train/text/text-run.ts");
  const { evaluateText } = await import("../train/text/evaluate-text.ts");
  const { metrics, n, seed, temperature } = flags;
  const found = await evaluateText(new TextRun(path), { metrics, n, seed, temperature });
  const rows = Object.entries(found).map(([name, m]) => [
    ...[name, figure(m.value), figure(m.floor), String(m.samples)],
    m.higherIsBetter ? "higher" : "lower",
  ]);
  output.text(table([["metric", "value", "floor", "samples", "better"], ...rows]));
  output.text("The floor is what as many real texts get.");
  output.result({ run: path, metrics: found });
}

/** Texts below each other, an empty line between those of several lines. */
function below(texts: readonly string[]): string {
  return texts.join(texts.some((t) => t.includes("\n")) ? "\n\n" : "\n");
}

/** A corpus by name, or a file. */
function textDataOf(data: string): { readonly name: string; readonly path?: string } {
  return /[./\\]/.test(data) ? { name: "file", path: data } : { name: data };
}

/** Runs a session of text with its progress on the screen. Ctrl-C ends it after the iteration. */
export async function watchText(
  stages: TextRunConfig["stages"],
  output: Output,
  start: (hooks: TrainTextOptions) => Promise<TextEnd>,
): Promise<void> {
  const progress = new Progress();
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(130);
    progress.message("stopping after this iteration; Ctrl-C again ends at once ...");
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, interrupt);
  const all = stages.reduce((sum, s) => sum + s.iterations, 0);
  try {
    const end = await start({
      signal: stop.signal,
      onWarning: (message) => {
        output.line({ type: "warning", message });
        progress.message(`warning: ${message}`);
      },
      onReady: ({ run, texts, vocabulary, step }) => {
        output.line({ type: "start", run, texts, vocabulary, step });
        progress.message(
          `${texts.toLocaleString("en")} texts, ${vocabulary.toLocaleString("en")} tokens; run folder: ${run}${step > 0 ? `, going on from iteration ${step}` : ""}`,
        );
      },
      onIteration: ({ stage, iteration, nll, scalars, step, elapsedMs, samples }) => {
        const values = Object.fromEntries(scalars);
        output.line({
          ...{ type: "progress", step, stage, iteration, nll, seconds: elapsedMs / 1000 },
          ...{ scalars: values, samples },
        });
        const { method, iterations } = stages[stage] as (typeof stages)[number];
        const figures = Object.entries({ nll, ...values }).map(([k, v]) => `${k} ${v.toFixed(3)}`);
        const done = stages.slice(0, stage).reduce((sum, s) => sum + s.iterations, iteration);
        progress.message(
          `${method.name} ${iteration}/${iterations}  ${figures.join("  ")}\n  ${(samples[0] ?? "").replaceAll("\n", "\n  ")}`,
        );
        progress.update({ step: done, totalSteps: all, values: {} });
      },
    });
    progress.end();
    const { run, step, nll, elapsedMs, reason } = end;
    if (reason === "interrupted") {
      output.text(`Saved at iteration ${step}. Go on with: npx gansmith resume ${run.path}`);
    } else {
      output.text(`\n${below(await run.sample(8))}\n`);
      output.text(
        `${run.path}: ${step} iterations, validation NLL ${nll.toFixed(3)} nats a token, ${formatDuration(elapsedMs / 1000)}.`,
      );
      output.text(
        [
          "",
          "What to try next:",
          `  npx gansmith sample ${run.path} --n 20 --temperature 0.8`,
          `  npx gansmith eval ${run.path}`,
        ].join("\n"),
      );
    }
    const seconds = elapsedMs / 1000;
    output.result({ run: run.path, step, seconds, metrics: { nll: { value: nll } }, reason });
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}
