import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig } from "../../recipes/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Run } from "../../train/run.ts";
import { readEvents } from "../../train/run-folder/events.ts";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import { interventionsOf } from "../../train/session/interventions.ts";
import type { TrainingReport } from "../../train/session/messages.ts";
import { runSession } from "../../train/session/session.ts";
import { GansmithError } from "../../util/errors.ts";
import type { Work } from "../job-pool.ts";
import { type Patient, type PatientOutcome, patients } from "./patients.ts";
import { runRing } from "./ring-patient.ts";

export interface PatientJob {
  readonly patient: string;
  readonly guard: boolean;
  readonly steps: number;
  readonly seed: number;
}

/** Runs of patients, for `runJobs`. */
export const patientWork: Work<PatientJob, PatientOutcome> = {
  thread: new URL("./patient-worker.js", import.meta.url),
  run: runPatient,
  weight: ({ steps }) => steps,
};

/** Trains a patient under the doctor's eyes and judges what came of it. */
export async function runPatient(
  job: PatientJob,
  onProgress: (fraction: number) => void,
): Promise<PatientOutcome> {
  const { training } = patients.find((p) => p.name === job.patient) as Patient;
  const onStep = (step: number) => onProgress(step / job.steps);
  if (training.kind === "images") return runImages(training.config, job, onStep);
  return runRing(training.config, job, cpuBackend({ threads: 1 }), onStep);
}

/** Trains in a run folder that is removed afterwards, and judges the samples. */
async function runImages(
  values: Record<string, unknown>,
  { guard, steps, seed }: PatientJob,
  onStep: (step: number) => void,
): Promise<PatientOutcome> {
  const health = { everyKimg: 8, guard };
  const config = checkConfig({ ...values, health, seed, length: { steps } });
  const folder = mkdtempSync(join(tmpdir(), "gansmith-patient-"));
  const findings: PatientOutcome["findings"][number][] = [];
  const report = (r: TrainingReport) => {
    if (r.type === "progress") onStep(r.step);
    else if (r.type === "diagnosis") findings.push(r);
  };
  try {
    const out = join(folder, "run");
    const job = { kind: "train", config, out } as const;
    const figure = await judged(out, () => runSession(job, { report, stopping: () => false }));
    const events = readEvents(RunFolder.open(out).eventsPath);
    return { figure, findings, treated: interventionsOf(events) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** FID after training; infinite where it ended in numbers that are not finite. */
async function judged(out: string, train: () => Promise<unknown>): Promise<number> {
  try {
    await train();
    const { fid } = await new Run(out).evaluate({ metrics: ["fid"] });
    return fid?.value ?? Number.POSITIVE_INFINITY;
  } catch (error) {
    if (!(error instanceof GansmithError) || error.kind !== "numeric") throw error;
    return Number.POSITIVE_INFINITY;
  }
}
