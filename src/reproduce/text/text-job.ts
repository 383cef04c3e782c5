import type { TextRunConfig } from "../../recipes/text/index.ts";
import { sweepText, type TextSweepPoint } from "../../train/text/evaluate-text.ts";
import { realTexts } from "../../train/text/judged-texts.ts";
import type { TextReport } from "../../train/text/messages.ts";
import { resumeText, trainText } from "../../train/text/train-text.ts";
import { courseShare } from "../courses.ts";
import { holdsRun, type Keeping, keptOutcome, placeOf } from "../kept-outcome.ts";

/** One generator: how it learns, and how it is judged. */
export interface TextJob {
  readonly config: TextRunConfig;
  readonly temperatures: readonly number[];
  readonly metrics: readonly string[];
  /** Texts that metrics are computed from, where they do not say it themselves. */
  readonly judged: number;
  /** Texts that the judging language model learns, at most. */
  readonly judgeTexts: number;
  /** Texts that are kept to be read. */
  readonly shown: number;
}

export interface KeptText extends Keeping {
  readonly job: TextJob;
  /** About how long it takes, in any unit. */
  readonly weight: number;
}

export interface TextOutcome {
  readonly sweep: readonly TextSweepPoint[];
  /** As the generator learned to write, T = 1. */
  readonly samples: readonly string[];
  /** Held-out texts. */
  readonly real: readonly string[];
  /** Of training and judging in this sitting. */
  readonly seconds: number;
}

/** What is left for judging. */
const trainingShare = 0.6;

/**
 * Reads the outcome of the very same job; or trains its generator in a run folder beside it, going on
 * where an earlier start was stopped, judges it, and keeps what comes out.
 */
export function keptText(
  { job, weight: _, ...keeping }: KeptText,
  onProgress: (fraction: number) => void = () => {},
): Promise<TextOutcome> {
  return keptOutcome(keeping, job, async () => {
    const { config, temperatures, metrics, judged: n, judgeTexts, shown } = job;
    const start = performance.now();
    const out = placeOf(keeping, job);
    const onReport = (report: TextReport) => {
      if (report.type === "iteration")
        onProgress(trainingShare * courseShare(config.stages, report));
    };
    const { run } = holdsRun(out)
      ? await resumeText(out, { onReport })
      : await trainText(config, { out, onReport });
    const parts = temperatures.length * metrics.length;
    let judged = 0;
    let last = "";
    const sweep = await sweepText(run, {
      ...{ temperatures, metrics, n, judgeTexts },
      // Metrics name themselves; learning, inside one of them, counts its passes.
      onProgress: (stage) => {
        if (stage !== last && stage.includes(" at T")) judged++;
        last = stage;
        onProgress(trainingShare + (1 - trainingShare) * Math.min(1, judged / parts));
      },
    });
    const samples = await run.sample(shown);
    const { test, written } = await realTexts(run);
    const real = test.slice(0, shown).map((text) => written(text) as string);
    return { sweep, samples, real, seconds: (performance.now() - start) / 1000 };
  });
}
