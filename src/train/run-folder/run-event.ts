import type { Checkup } from "../../health/index.ts";
import type { JsonObject } from "../../util/json.ts";
import type { Moments } from "./scalar-accumulator.ts";

/** What happened in a run, in order. `step` counts finished generator updates. */
export type RunEvent =
  | StartEvent
  | ResumeEvent
  | ScalarsEvent
  | SampleEvent
  | CheckpointEvent
  | MetricsEvent
  | HealthEvent
  | DiagnosisEvent
  | GuardEvent
  | WarningEvent
  | StopEvent;

/** The run began. */
export interface StartEvent {
  readonly type: "start";
  /** Versions, machine, backend: whatever tells two runs apart. */
  readonly info: JsonObject;
}

/** The run went on from the checkpoint of `step`; what came after that step no longer counts. */
export interface ResumeEvent {
  readonly type: "resume";
  readonly step: number;
  readonly info: JsonObject;
}

/** Losses and other numbers since the last such event. */
export interface ScalarsEvent {
  readonly type: "scalars";
  readonly step: number;
  /** Thousands of real images shown to the discriminator. */
  readonly kimg: number;
  /** Training time so far, without pauses. */
  readonly elapsedMs: number;
  /** Share of the training that is done, 0 to 1; absent in older runs. */
  readonly progress?: number;
  readonly values: Readonly<Record<string, Moments>>;
}

/** A picture was written to `file`, relative to the run folder. */
export interface SampleEvent {
  readonly type: "sample";
  readonly step: number;
  readonly file: string;
}

/** A checkpoint is safe on disk at `file`, relative to the run folder. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly file: string;
}

/** The training doctor examined the run. */
export interface HealthEvent {
  readonly type: "health";
  readonly step: number;
  readonly checkup: Checkup;
}

/** The doctor recognised an illness. */
export interface DiagnosisEvent {
  readonly type: "diagnosis";
  readonly step: number;
  readonly illness: string;
  /** What is seen and what to change, one sentence. */
  readonly sentence: string;
  /** The first step that showed it. */
  readonly since: number;
  /** The change as `key=value` settings. */
  readonly settings: readonly string[];
}

/**
 * The guard treats an illness: the run goes back to the checkpoint of `step` (0: to its beginning), what
 * came after no longer counts, and on with `settings`. Written before either is done, so that a kill in
 * between leaves enough to finish it.
 */
export interface GuardEvent {
  readonly type: "guard";
  readonly step: number;
  /** The step at which it was decided. */
  readonly from: number;
  readonly illness: string;
  readonly settings: readonly string[];
}

/** The run was judged. */
export interface MetricsEvent {
  readonly type: "metrics";
  readonly step: number;
  readonly metrics: JsonObject;
  /** The same at several temperatures, of a generator of text. */
  readonly sweep?: readonly JsonObject[];
  /** A picture of that, relative to the run folder. */
  readonly file?: string;
}

/** Something the user should know that does not stop the run. */
export interface WarningEvent {
  readonly type: "warning";
  readonly step?: number;
  readonly message: string;
}

/** The run ended, for now. */
export interface StopEvent {
  readonly type: "stop";
  readonly step: number;
  readonly reason: "finished" | "interrupted" | "failed";
  readonly message?: string;
}

/** An event as stored: with the wall-clock time it was written, in ms since 1970. */
export type StoredEvent = RunEvent & { readonly time: number };

/** The step of an event; -1 where it belongs to none. */
export function stepOf(event: RunEvent): number {
  return "step" in event ? (event.step ?? -1) : -1;
}

/**
 * Adds an event behind those before it, and drops the ones that it supersedes: after a `resume` or a
 * `guard` what lies beyond its step no longer counts. A `guard` itself stays: it changed the configuration.
 */
export function addEvent(events: StoredEvent[], event: StoredEvent): void {
  if (event.type === "resume" || event.type === "guard") {
    let kept = 0;
    for (const e of events) {
      if (e.type === "guard" || !(stepOf(e) > event.step)) events[kept++] = e;
    }
    events.length = kept;
  }
  events.push(event);
}

/** What each type must carry besides `type` and `time`, as `typeof` says it. */
const required: Readonly<Record<RunEvent["type"], Readonly<Record<string, string>>>> = {
  start: { info: "object" },
  resume: { step: "number", info: "object" },
  scalars: { step: "number", kimg: "number", elapsedMs: "number", values: "object" },
  sample: { step: "number", file: "string" },
  checkpoint: { step: "number", file: "string" },
  metrics: { step: "number", metrics: "object" },
  health: { step: "number", checkup: "object" },
  diagnosis: { step: "number", illness: "string", sentence: "string" },
  guard: { step: "number", from: "number", illness: "string", settings: "object" },
  warning: { message: "string" },
  stop: { step: "number", reason: "string" },
};

/** The event of a line of `events.jsonl`; `undefined` where it cannot be read. */
export function parseEvent(line: string): StoredEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const event = json as Record<string, unknown>;
  const fields = Object.hasOwn(required, String(event.type))
    ? required[event.type as RunEvent["type"]]
    : undefined;
  if (fields === undefined || typeof event.time !== "number") return undefined;
  for (const [key, type] of Object.entries(fields)) {
    if (typeof event[key] !== type || event[key] === null) return undefined;
  }
  return event as unknown as StoredEvent;
}
