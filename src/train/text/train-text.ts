import { absoluteText, type TextSpec } from "../../data/text/text-dataset.ts";
import { checkTextConfig, type TextRunConfig } from "../../recipes/text/index.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { inThread, type SessionModule, type ThreadOptions } from "../thread.ts";
import type { TextJob, TextReport, TextSessionEnd } from "./messages.ts";
import { checkTextParts } from "./plan-text.ts";
import { startingText } from "./starting-text.ts";
import { TextRun } from "./text-run.ts";

export interface TrainTextOptions extends ThreadOptions<TextReport> {
  /** The run folder; by default a new number below `runs`. */
  readonly out?: string | undefined;
  /**
   * The folder of another run of text with the same generator: its newest weights and its tokenizer are what
   * this run begins with. All else begins anew: iterations, optimizers, the order of the texts.
   */
  readonly from?: string | undefined;
}

export interface TextEnd extends Omit<TextSessionEnd, "run"> {
  readonly run: TextRun;
}

/**
 * Trains a configuration of text into a new run folder, in a thread of its own. Throws a usage error for
 * values that do not fit; nothing is written before the texts are read.
 */
export async function trainText(
  config: TextRunConfig,
  options: TrainTextOptions = {},
): Promise<TextEnd> {
  const own = checkTextConfig(config);
  checkTextParts(own);
  const { out, from } = options;
  if (out !== undefined) RunFolder.checkVacant(out);
  if (from !== undefined) startingText(from, own);
  const checked = { ...own, data: absoluteText(own.data as TextSpec) };
  const places = { ...(out !== undefined && { out }), ...(from !== undefined && { from }) };
  return trained({ kind: "train", config: checked, ...places }, options);
}

/**
 * Goes on with a run of text from its last good checkpoint, to the bit as if it had never stopped. `end`
 * replaces when it ends, counted from the run's beginning. A run that is done ends at once.
 */
export async function resumeText(
  path: string,
  {
    end,
    ...options
  }: ThreadOptions<TextReport> & { readonly end?: TextRunConfig["end"] | undefined } = {},
): Promise<TextEnd> {
  const { config } = new TextRun(path);
  if (end) checkTextConfig({ ...config, end });
  return trained({ kind: "resume", path, ...(end && { end }) }, options);
}

const session: SessionModule<TextJob, TextReport, TextSessionEnd> = {
  file: new URL("./text-session.js", import.meta.url),
  load: () => import("./text-session.ts"),
};

async function trained(
  job: TextJob,
  { onReport, signal }: ThreadOptions<TextReport>,
): Promise<TextEnd> {
  const options = { ...(onReport && { onReport }), ...(signal && { signal }) };
  const end = await inThread(session, job, options);
  return { ...end, run: new TextRun(end.run) };
}
