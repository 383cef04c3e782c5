import type { RunConfig } from "../recipes/index.ts";
import type { Run } from "../train/run.ts";
import type { TrainingReport } from "../train/session/messages.ts";
import type { TrainOptions } from "../train/train.ts";
import { interruptible } from "./interruptible.ts";
import type { Output } from "./output.ts";
import { TrainingView } from "./training-view.ts";

type Hooks = Required<Pick<TrainOptions, "onReport" | "signal">>;

/**
 * Runs a training session with its progress on the screen, then judges, exports and describes what
 * came out. Ctrl-C saves a checkpoint and ends in order; a second one ends at once.
 */
export async function watchTraining(
  length: RunConfig["length"],
  verbose: boolean,
  output: Output,
  start: (hooks: Hooks) => Promise<Run>,
): Promise<void> {
  const view = new TrainingView(output, length, verbose);
  const say = () => view.note("stopping after this step; Ctrl-C again ends at once ...");
  try {
    await interruptible(say, async (stop) => {
      const onReport = (report: TrainingReport) => view.report(report);
      const run = await start({ onReport, signal: stop.signal });
      view.endTraining();
      const { end } = run;
      const result = {
        run: run.path,
        step: end?.step,
        kimg: end?.kimg,
        seconds: (end?.elapsedMs ?? 0) / 1000,
      };
      if (end?.reason === "interrupted") {
        output.text(`Saved at step ${end.step}. Go on with: npx gansmith resume ${run.path}`);
        output.result({ ...result, metrics: {}, reason: end.reason });
        return;
      }
      // From here on nothing is lost by an interruption.
      stop.abort();
      const { finishRun } = await import("../train/finish.ts");
      const metrics = await finishRun(run, {
        onProgress: (stage, done, total) => view.judging(stage, done, total),
        onWarning: (message) => view.warn(message),
      });
      view.summary(run, metrics);
      output.result({ ...result, metrics, reason: end?.reason });
    });
  } finally {
    view.close();
  }
}
