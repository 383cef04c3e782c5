import type { TextRunConfig } from "../recipes/text/index.ts";
import type { TextReport } from "../train/text/messages.ts";
import type { TextEnd } from "../train/text/train-text.ts";
import type { Output } from "./output.ts";
import { TextView } from "./text-view.ts";
import { type WatchedSession, watchSession } from "./watch-session.ts";

/** Runs a session of text on the screen. */
export function watchText(
  stages: TextRunConfig["stages"],
  output: Output,
  start: WatchedSession<TextReport, TextEnd>["start"],
): Promise<void> {
  const view = new TextView(output, stages);
  return watchSession(output, view, {
    start,
    about: ({ run, step, kimg, elapsedMs, reason }) => ({
      ...{ run: run.path, step, kimg, seconds: elapsedMs / 1000, reason },
    }),
    finish: async (end) => {
      const { finishText } = await import("../train/text/finish-text.ts");
      const metrics = await finishText(end.run, {
        onProgress: (stage, done, total) => view.judging(stage, done, total),
        onWarning: (message) => view.warn(message),
      });
      await view.summary(end, metrics);
      return { ...(end.nll !== undefined && { nll: { value: end.nll } }), ...metrics };
    },
  });
}
