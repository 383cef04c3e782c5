import type { RunConfig } from "../recipes/index.ts";
import type { Run } from "../train/run.ts";
import type { TrainingReport } from "../train/session/messages.ts";
import type { Output } from "./output.ts";
import { TrainingView } from "./training-view.ts";
import { type WatchedSession, watchSession } from "./watch-session.ts";

/** Runs a training session of images on the screen. */
export function watchTraining(
  length: RunConfig["length"],
  verbose: boolean,
  output: Output,
  start: WatchedSession<TrainingReport, Run>["start"],
): Promise<void> {
  const view = new TrainingView(output, length, verbose);
  return watchSession(output, view, {
    start,
    about: ({ path, end }) => ({
      run: path,
      step: end?.step ?? 0,
      kimg: end?.kimg,
      seconds: (end?.elapsedMs ?? 0) / 1000,
      reason: end?.reason ?? "finished",
    }),
    finish: async (run) => {
      const { finishRun } = await import("../train/finish.ts");
      const metrics = await finishRun(run, {
        onProgress: (stage, done, total) => view.judging(stage, done, total),
        onWarning: (message) => view.warn(message),
      });
      view.summary(run, metrics);
      return metrics;
    },
  });
}
