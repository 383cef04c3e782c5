import { absoluteData } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import { checkConfig, type RunConfig } from "../recipes/index.ts";
import { checkParts } from "./check-parts.ts";
import { usesOwnParts } from "./own-parts.ts";
import { Run } from "./run.ts";
import { RunFolder } from "./run-folder/run-folder.ts";
import type { TrainingEnd, TrainingJob, TrainingReport } from "./session/messages.ts";
import { startingWeights } from "./starting-weights.ts";
import { inThread, type SessionModule, type ThreadOptions } from "./thread.ts";

export interface TrainOptions extends ThreadOptions<TrainingReport> {
  /** The run folder; by default a new number below `runs`. */
  readonly out?: string;
  /**
   * The folder of another run of images with the same networks: its newest weights and averages are what
   * this run begins with. All else begins anew: steps, optimizers, the order of the data.
   */
  readonly from?: string | undefined;
}

/**
 * Trains a configuration in a thread of its own and resolves when it is done or was interrupted.
 * Throws a usage error for values that do not fit; nothing is written before the data are read and
 * the networks are built.
 */
export async function trainConfig(config: RunConfig, options: TrainOptions = {}): Promise<Run> {
  const own = checkConfig(config);
  checkParts(own);
  const checked = { ...own, data: absoluteData(own.data as DataSpec) };
  const { out, from } = options;
  if (out !== undefined) RunFolder.checkVacant(out);
  if (from !== undefined) startingWeights(from);
  const job = { config: checked, ...(out && { out }), ...(from !== undefined && { from }) };
  const end = await trained({ kind: "train", ...job }, options);
  return new Run(end.run, end);
}

/**
 * Goes on with a run from its last good checkpoint, to the bit as if it had never stopped. `length`
 * replaces when it ends, counted from the run's beginning.
 */
export async function resume(
  path: string,
  options: Omit<TrainOptions, "out" | "from"> & {
    readonly length?: RunConfig["length"];
    /** Lets the guard treat what the doctor finds. */
    readonly guard?: boolean;
  } = {},
): Promise<Run> {
  const folder = RunFolder.open(path);
  checkParts(checkConfig(folder.config));
  const { length, guard } = options;
  const job = { kind: "resume", path, ...(length && { length }), ...(guard && { guard }) } as const;
  const end = await trained(job, options);
  return new Run(end.run, end);
}

const session: SessionModule<TrainingJob, TrainingReport, TrainingEnd> = {
  file: new URL("./session/session.js", import.meta.url),
  load: () => import("./session/session.ts"),
};

/** A thread does not know the parts that this program has added. */
function trained(job: TrainingJob, { onReport, signal }: TrainOptions): Promise<TrainingEnd> {
  const options = { ...(onReport && { onReport }), ...(signal && { signal }) };
  return inThread(session, job, options, hasOwnParts(job));
}

function hasOwnParts(job: TrainingJob): boolean {
  return usesOwnParts(
    job.kind === "train" ? job.config : checkConfig(RunFolder.open(job.path).config),
  );
}
