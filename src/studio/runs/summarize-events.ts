import type { StoredEvent } from "../../train/run-folder/run-event.ts";
import { stepOf } from "../../train/run-folder/run-event.ts";
import type { RunState, RunSummary } from "./api.ts";

/** Where a run stands by its events alone. */
export type EventSummary = Pick<
  RunSummary,
  | "step"
  | "kimg"
  | "elapsedMs"
  | "progress"
  | "scalars"
  | "metrics"
  | "sample"
  | "lastEvent"
  | "problem"
>;

/** Sums up the events of a run that count. */
export function summarizeEvents(events: readonly StoredEvent[]): EventSummary {
  const last = events.at(-1);
  if (!last) return {};
  const scalars = lastOf(events, "scalars");
  const metrics = lastOf(events, "metrics");
  const sample = lastOf(events, "sample");
  const stop = endOf(events);
  const progress = stop?.reason === "finished" ? 1 : scalars?.progress;
  return {
    lastEvent: last.time,
    step: Math.max(0, ...[scalars, sample, stop, metrics].map((e) => (e ? stepOf(e) : 0))),
    ...(scalars && {
      kimg: scalars.kimg,
      elapsedMs: scalars.elapsedMs,
      scalars: Object.fromEntries(
        Object.entries(scalars.values).map(([name, [count, sum]]) => [name, sum / count]),
      ),
    }),
    ...(progress !== undefined && { progress }),
    ...(metrics && { metrics: metrics.metrics }),
    ...(sample && { sample: sample.file }),
    ...(stop?.reason === "failed" && stop.message !== undefined && { problem: stop.message }),
  };
}

/** The state of a run by its events and whether a process holds it. */
export function stateOf(events: readonly StoredEvent[], held: boolean): RunState {
  if (held) return "running";
  const reason = endOf(events)?.reason;
  return reason === "finished" || reason === "failed" ? reason : "stopped";
}

/** How the last session ended; `undefined` while it goes on, or when it was killed. */
function endOf(events: readonly StoredEvent[]) {
  const found = events.findLast((e) => ["start", "resume", "guard", "stop"].includes(e.type));
  return found?.type === "stop" ? found : undefined;
}

function lastOf<T extends StoredEvent["type"]>(events: readonly StoredEvent[], type: T) {
  return events.findLast((e): e is Extract<StoredEvent, { type: T }> => e.type === type);
}
