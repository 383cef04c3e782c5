import type { StoredEvent } from "../../train/run-folder/run-event.ts";
import type { JsonObject } from "../../util/json.ts";

/** What the local server and its pages tell each other about runs, as JSON. */

/**
 * `starting`: a process was started, its folder is not whole yet. `stopped`: can go on; also what a killed
 * run is. `broken`: the folder cannot be read.
 */
export type RunState = "starting" | "running" | "stopped" | "finished" | "failed" | "broken";

/** `GET /api/studio` */
export interface StudioInfo {
  readonly gansmith: string;
  readonly machine: Readonly<Record<string, string | number>>;
  /** The folder of run folders. */
  readonly runs: string;
}

/** A process that the server started. */
export interface JobInfo {
  /** As on the command line. */
  readonly command: string;
  readonly alive: boolean;
  readonly exitCode?: number;
  /** The end of what it said on stderr. */
  readonly output: string;
}

/** A run in the list of `GET /api/runs`, newest first. */
export interface RunSummary {
  /** The folder's name. */
  readonly id: string;
  readonly state: RunState;
  readonly recipe?: string;
  /** Of images, text, ... */
  readonly kind?: string;
  readonly createdAt?: string;
  readonly step?: number;
  readonly kimg?: number;
  readonly elapsedMs?: number;
  /** 0 to 1, where it is known. */
  readonly progress?: number;
  /** The last losses and other scalars, by name. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** The last judgement. */
  readonly metrics?: JsonObject;
  /** The newest sample, a path inside the run folder. */
  readonly sample?: string;
  /** When the last event was written, in ms since 1970. */
  readonly lastEvent?: number;
  /** Why it failed, or cannot be read. */
  readonly problem?: string;
}

/** `GET /api/runs/:id` */
export interface RunDetail {
  readonly run: RunSummary;
  readonly config?: JsonObject;
  /** How the last session began: versions, machine. */
  readonly info?: JsonObject;
  readonly files: readonly RunFile[];
  readonly job?: JobInfo;
}

export interface RunFile {
  /** Inside the run folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
}

/** `GET /api/recipes` */
export interface RecipeInfo {
  readonly name: string;
  readonly kind: string;
  readonly summary: string;
  readonly config: JsonObject;
}

/** `POST /api/runs` */
export interface StartRequest {
  readonly recipe: string;
  /** `key=value`, as `--set` takes them. */
  readonly settings?: readonly string[];
  /** Other data than the recipe's: a name or a path. */
  readonly data?: string;
}

/** `POST /api/runs/:id/resume` */
export interface ResumeRequest {
  /** A new end, counted from the run's beginning. */
  readonly length?: Readonly<Partial<Record<"steps" | "kimg" | "minutes", number>>>;
  readonly guard?: boolean;
}

/** `POST /api/runs/:id/fork`: a new run with this run's configuration. */
export interface ForkRequest {
  readonly settings?: readonly string[];
  /** Whether it begins with this run's newest weights; by default with new ones. */
  readonly weights?: boolean;
}

/** What a started or stopped run answers. */
export interface Accepted {
  readonly id: string;
}

/** Names of the server-sent events of `GET /api/runs/:id/events`, with what each carries. */
export interface FeedMessages {
  /** All that counts so far; replaces what came before. */
  readonly history: readonly StoredEvent[];
  /** What was written since. */
  readonly events: readonly StoredEvent[];
  readonly state: RunState;
}

/** The header that carries the token of whoever may start and stop runs. */
export const tokenHeader = "x-gansmith-token";
/** The name of the `<meta>` by which a page knows that this server serves it. */
export const serverMark = "gansmith-studio-server";
