import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "../util/node/files.ts";
import { type MixtureJob, type MixtureOutcome, runMixture } from "./mixture-run.ts";

/** A run whose outcome is kept in a folder, so that a table may be stopped and started again. */
export interface KeptMixture {
  readonly job: MixtureJob;
  readonly folder: string;
  /** What the outcome's file is called, besides a hash of the job. */
  readonly name: string;
}

/** Reads the outcome of the very same job, or runs it and keeps what comes out. */
export async function keptMixture(
  { job, folder, name }: KeptMixture,
  onProgress?: (fraction: number) => void,
): Promise<MixtureOutcome> {
  const hash = createHash("sha256").update(JSON.stringify(job)).digest("hex").slice(0, 12);
  const file = join(folder, `${name}-${hash}.json`);
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, "utf8")) as MixtureOutcome;
    return revived(kept);
  }
  const outcome = await runMixture(job, onProgress);
  makeFolder(folder);
  const json = { ...outcome, points: [...outcome.points] };
  writeFileAtomic(file, `${JSON.stringify(json)}\n`);
  return outcome;
}

/** JSON has no arrays of floats, and null for an infinite divergence. */
function revived({ before, ...kept }: MixtureOutcome): MixtureOutcome {
  const finite = <M extends { readonly reverseKl: number }>(modes: M): M => ({
    ...modes,
    reverseKl: modes.reverseKl ?? Number.POSITIVE_INFINITY,
  });
  const outcome = { ...finite(kept), points: Float32Array.from(kept.points) };
  return before ? { ...outcome, before: finite(before) } : outcome;
}
