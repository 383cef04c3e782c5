import { drawBars } from "../bars.ts";
import { runJobs } from "../job-pool.ts";
import { choose, type Figures, type PublishedTable, type TableRow } from "../table.ts";
import { type PatientJob, patientWork } from "./patient-run.ts";
import { type Patient, type PatientOutcome, patients } from "./patients.ts";

const quickSteps = 40;
const figure = (x: number) => (Number.isFinite(x) ? x.toPrecision(3) : "diverged");

/** Runs that are made to fail, with and without the guard, and healthy ones. */
export const failures: PublishedTable = {
  name: "failures",
  summary: "the training doctor: five made failures with and without --guard, three healthy runs",
  source: "what each run was made to have",
  words: { ours: "found", theirs: "made" },
  columns: [
    { key: "illness", title: "illness" },
    { key: "step", title: "named at step", format: (x) => x.toFixed(0) },
    { key: "metric", title: "metric" },
    { key: "before", title: "alone", format: figure },
    { key: "after", title: "with --guard", format: figure },
    { key: "recovered", title: "recovered" },
  ],
  seeds: 1,
  methods: patients.map((p) => p.name),
  run: async ({ quick, methods, jobs, onProgress }) => {
    const chosen = choose("method", patients, methods);
    const work = chosen.flatMap((patient): PatientJob[] => {
      const steps = quick ? quickSteps : patient.steps;
      const job = { patient: patient.name, steps, seed: 1 };
      const healthy = patient.illness === "none";
      return [{ ...job, guard: false }, ...(healthy ? [] : [{ ...job, guard: true }])];
    });
    const message = `${chosen.length} patients, ${work.length} runs`;
    const outcomes = await runJobs(patientWork, work, jobs, {
      onProgress: (fraction) => onProgress?.({ fraction, message }),
    });
    const of = (patient: Patient, guard: boolean) =>
      outcomes[work.findIndex((j) => j.patient === patient.name && j.guard === guard)];
    const rows = chosen.map((p) => row(p, of(p, false) as PatientOutcome, of(p, true)));
    return {
      rows,
      floors: {},
      protocol:
        "seed 1; FID of 2,000 samples in the space of our classifier; share of 2,500 points within 3 sigma of a mode; recovered: FID below 75 % of what it was, quality above 133 %",
      picture: drawBars(
        rows.map(({ method, ours }) => ({
          label: `${method} (${ours.metric})`,
          values: [ours.before, ours.after].map((x) => (typeof x === "number" ? x : undefined)),
        })),
        ["alone", "with --guard"],
      ),
    };
  },
};

function row(
  patient: Patient,
  alone: PatientOutcome,
  guarded: PatientOutcome | undefined,
): TableRow {
  const [first] = alone.findings;
  const before = alone.figure;
  const after = guarded?.figure;
  const ours: Figures = {
    illness: first?.illness ?? "none",
    step: first?.step ?? null,
    metric: patient.metric,
    before,
    after: after ?? null,
    recovered: after === undefined ? null : patient.recovered(before, after) ? "yes" : "no",
  };
  const treatments = (guarded?.treated ?? []).map(
    ({ step, settings }) => `from step ${step}: ${settings.join(" ")}`,
  );
  return {
    method: patient.name,
    ours,
    theirs: { illness: patient.illness },
    seeds: 1,
    bySeed: [ours],
    note: treatments.join("; then "),
  };
}
