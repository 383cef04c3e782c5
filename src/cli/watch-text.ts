import type { TextRunConfig } from "../recipes/text/index.ts";
import type { TextEnd, TrainTextOptions } from "../train/text/train-text.ts";
import { interruptible } from "./interruptible.ts";
import type { Output } from "./output.ts";
import { formatDuration, Progress } from "./progress.ts";

/** Texts below each other, an empty line between those of several lines. */
export function textsBelow(texts: readonly string[]): string {
  return texts.join(texts.some((t) => t.includes("\n")) ? "\n\n" : "\n");
}

/** Runs a session of text with its progress on the screen. Ctrl-C ends it after the iteration. */
export async function watchText(
  stages: TextRunConfig["stages"],
  output: Output,
  start: (hooks: TrainTextOptions) => Promise<TextEnd>,
): Promise<void> {
  const progress = new Progress();
  const all = stages.reduce((sum, s) => sum + s.iterations, 0);
  const say = () =>
    progress.message("stopping after this iteration; Ctrl-C again ends at once ...");
  await interruptible(say, async (stop) => {
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
      output.text(`\n${textsBelow(await run.sample(8))}\n`);
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
  });
}
