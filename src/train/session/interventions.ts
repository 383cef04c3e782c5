import type { Intervention } from "../../health/index.ts";
import { checkConfig, type RunConfig, withSetting } from "../../recipes/index.ts";
import type { GuardEvent, StoredEvent } from "../run-folder/run-event.ts";
import type { TrainingJob } from "./messages.ts";

/** What the guard has done in a run, oldest first. */
export function interventionsOf(events: readonly StoredEvent[]): readonly Intervention[] {
  return events.filter((e): e is StoredEvent & GuardEvent => e.type === "guard");
}

/** The intervention after which the run has not gone on yet, because it is next or was killed. */
export function pendingIntervention(events: readonly StoredEvent[]): Intervention | undefined {
  const last = events.findLast(({ type }) => ["start", "resume", "guard"].includes(type));
  return last?.type === "guard" ? last : undefined;
}

/** The configuration with which a run goes on. */
export function resumed(
  before: RunConfig,
  { length, guard }: Extract<TrainingJob, { kind: "resume" }>,
  pending: Intervention | undefined,
): RunConfig {
  const config = pending ? treated(before, pending) : before;
  const { everyKimg = 8 } = config.health || {};
  return {
    ...config,
    ...(length && { length }),
    ...(guard && { health: { everyKimg, guard } }),
  };
}

/** A configuration with the settings of an intervention; the same again changes nothing. */
function treated(config: RunConfig, { settings }: Intervention): RunConfig {
  return checkConfig(settings.reduce<unknown>(withSetting, config));
}
