import type { TextRunConfig } from "../../recipes/text/index.ts";
import type { Underway } from "../sequence/course.ts";

/** What the training thread is asked to do. */
export type TextJob =
  | {
      readonly kind: "train";
      readonly config: TextRunConfig;
      readonly out?: string;
      /** A run with whose newest weights this one begins. */
      readonly from?: string;
    }
  | {
      readonly kind: "resume";
      readonly path: string;
      /** Replaces when the run ends, counted from its beginning. */
      readonly end?: TextRunConfig["end"];
    };

/** What training reports while it runs; plain data, so that it crosses threads. */
export type TextReport =
  | { readonly type: "preparing"; readonly what: string }
  | TextReady
  | TextUnderway
  | TextIteration
  | { readonly type: "checkpoint"; readonly step: number; readonly file: string }
  | { readonly type: "warning"; readonly message: string };

/** Everything is in place; the first step is next. */
export interface TextReady {
  readonly type: "ready";
  /** The run folder. */
  readonly run: string;
  readonly recipe: string;
  /** Iterations done already. */
  readonly step: number;
  readonly seed: number;
  readonly data: { readonly name: string; readonly texts: number; readonly vocabulary: number };
  /** Trained numbers by network. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly backend: string;
  readonly threads: number;
}

/** An iteration moves; at most every tenth of a second. */
export interface TextUnderway extends Underway {
  readonly type: "progress";
  /** Iterations of all stages that have ended. */
  readonly step: number;
  /** 0 to 1: of the present stage, or of the run where its `end` is nearer. */
  readonly progress: number;
  /** Real tokens shown so far. */
  readonly tokens: number;
  readonly elapsedMs: number;
}

/** An iteration has ended. */
export interface TextIteration {
  readonly type: "iteration";
  readonly step: number;
  /** From 0. */
  readonly stage: number;
  /** Of its stage, from 1. */
  readonly iteration: number;
  /** Validation NLL, nats a token. */
  readonly nll: number;
  readonly scalars: Readonly<Record<string, number>>;
  /** Real texts shown so far. */
  readonly shown: number;
  readonly elapsedMs: number;
  /** Some texts as the generator writes now. */
  readonly samples: readonly string[];
}

/** How a training session ended. */
export interface TextSessionEnd {
  /** The run folder. */
  readonly run: string;
  readonly reason: "finished" | "interrupted";
  /** Iterations of all stages. */
  readonly step: number;
  /** Thousands of real texts shown. */
  readonly kimg: number;
  /** Validation NLL of what is kept, nats a token; undefined before the first iteration has ended. */
  readonly nll: number | undefined;
  readonly elapsedMs: number;
}
