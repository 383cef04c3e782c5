import type { ThreadOptions } from "../train/thread.ts";
import { interruptible } from "./interruptible.ts";
import type { Output } from "./output.ts";

/** Shows a session on the screen. */
export interface SessionView<Report> {
  report(report: Report): void;
  note(text: string): void;
  endTraining(): void;
  close(): void;
}

/** A session that is watched, and what comes after it. */
export interface WatchedSession<Report, End> {
  start(hooks: Required<ThreadOptions<Report>>): Promise<End>;
  /** What the last line of `--json` says of it. */
  about(end: End): {
    readonly run: string;
    readonly step: number;
    readonly reason: "finished" | "interrupted";
    readonly [field: string]: unknown;
  };
  /** Judges, exports and describes what came out, and says so; answers with its metrics. */
  finish(end: End): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Runs a session with its progress on the screen, then finishes what came out. Ctrl-C saves a checkpoint
 * and ends in order; a second one ends at once.
 */
export async function watchSession<Report, End>(
  output: Output,
  view: SessionView<Report>,
  session: WatchedSession<Report, End>,
): Promise<void> {
  const say = () => view.note("stopping after this step; Ctrl-C again ends at once ...");
  try {
    await interruptible(say, async (stop) => {
      const onReport = (report: Report) => view.report(report);
      const end = await session.start({ onReport, signal: stop.signal });
      view.endTraining();
      const { reason, ...told } = session.about(end);
      const { run, step } = told;
      if (reason === "interrupted") {
        output.text(`Saved at step ${step}. Go on with: npx gansmith resume ${run}`);
        output.result({ ...told, metrics: {}, reason });
        return;
      }
      // From here on nothing is lost by an interruption.
      stop.abort();
      output.result({ ...told, metrics: await session.finish(end), reason });
    });
  } finally {
    view.close();
  }
}
