import { type Keeping, keptOutcome } from "./kept-outcome.ts";
import { type MixtureJob, type MixtureOutcome, runMixture } from "./mixture-run.ts";

/** A run whose outcome is kept in a folder. */
export interface KeptMixture extends Keeping {
  readonly job: MixtureJob;
}

/** Reads the outcome of the very same job, or runs it and keeps what comes out. */
export async function keptMixture(
  { job, ...keeping }: KeptMixture,
  onProgress?: (fraction: number) => void,
): Promise<MixtureOutcome> {
  const { before, ...kept } = await keptOutcome(keeping, job, async () => {
    const outcome = await runMixture(job, onProgress);
    return { ...outcome, points: [...outcome.points] };
  });
  const outcome = { ...finite(kept), points: Float32Array.from(kept.points) };
  return before ? { ...outcome, before: finite(before) } : outcome;
}

/** JSON has null for an infinite divergence. */
function finite<M extends { readonly reverseKl: number }>(modes: M): M {
  return { ...modes, reverseKl: modes.reverseKl ?? Number.POSITIVE_INFINITY };
}
