import { treatment } from "./diagnose.ts";
import type { Curable, Finding } from "./illness.ts";

/** After so many interventions a run goes on as it is. */
const most = 3;

/** An intervention: where a run goes back to, and what is changed. */
export interface Intervention {
  readonly illness: string;
  /** The step of the checkpoint that it goes back to; 0 is the beginning. */
  readonly step: number;
  readonly settings: readonly string[];
}

/** What the guard does about a finding. */
export type Guidance = Intervention | { readonly refused: string };

/**
 * Decides on a finding: back to the last checkpoint before its first sign, and on with the cure. An
 * illness that comes back after its cure was not caught early enough: then all begins anew, with a
 * stronger one. `checkpoints` are steps of checkpoints taken at checkups.
 */
export function intervene(
  { illness, since }: Finding,
  config: Curable,
  checkpoints: readonly number[],
  earlier: readonly Intervention[],
): Guidance {
  if (earlier.length >= most) {
    return { refused: `the guard has intervened ${most} times and leaves this run as it is` };
  }
  const times = earlier.filter((i) => i.illness === illness).length;
  const settings = treatment(illness, config, times);
  if (settings.length === 0) {
    return { refused: `the guard knows of nothing more to change against ${illness}` };
  }
  const before = checkpoints.filter((step) => step < since);
  return { illness, step: times > 0 ? 0 : Math.max(0, ...before), settings };
}
