import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "../util/node/files.ts";

/** Where the outcome of a run is kept, so that a table may be stopped and started again. */
export interface Keeping {
  readonly folder: string;
  /** What the outcome's file is called, besides a hash of the job. */
  readonly name: string;
}

/** Reads the outcome of the very same job, or runs it and keeps what comes out; both are JSON. */
export async function keptOutcome<Outcome>(
  { folder, name }: Keeping,
  job: unknown,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const file = `${placeOf({ folder, name }, job)}.json`;
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Outcome;
  const outcome = await run();
  makeFolder(folder);
  writeFileAtomic(file, `${JSON.stringify(outcome)}\n`);
  return outcome;
}

/** What the files of a job are called, without an ending: others for every other job. */
export function placeOf({ folder, name }: Keeping, job: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(job)).digest("hex").slice(0, 12);
  return join(folder, `${name}-${hash}`);
}

/** Whether a run was begun there. */
export function holdsRun(folder: string): boolean {
  return existsSync(join(folder, "config.json"));
}
