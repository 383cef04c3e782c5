import type { RunConfig } from "../recipes/index.ts";
import type { ErrorKind } from "../util/errors.ts";

/** What the training thread is asked to do. */
export type TrainingJob =
  | { readonly kind: "train"; readonly path: string; readonly config: RunConfig }
  | { readonly kind: "resume"; readonly path: string; readonly length?: RunConfig["length"] };

/** What training reports while it runs; plain data, so that it crosses threads. */
export type TrainingReport =
  | {
      readonly type: "preparing";
      readonly what: string;
      readonly done?: number;
      readonly total?: number;
    }
  | {
      readonly type: "progress";
      readonly step: number;
      readonly epoch: number;
      readonly stepInEpoch: number;
      readonly stepsPerEpoch: number;
      readonly epochs?: number;
      readonly kimg: number;
      /** 0 to 1. */
      readonly progress: number;
      readonly elapsedMs: number;
      readonly scalars: Readonly<Record<string, number>>;
      /** Milliseconds since the previous report and steps in them. */
      readonly batch: number;
    }
  | {
      readonly type: "sample";
      readonly step: number;
      readonly file: string;
      readonly samples: Float32Array;
      readonly channels: 1 | 3;
      readonly size: number;
      readonly columns: number;
    }
  | { readonly type: "checkpoint"; readonly step: number; readonly file: string }
  | { readonly type: "warning"; readonly message: string };

/** How a training session ended. */
export interface TrainingEnd {
  readonly reason: "finished" | "interrupted";
  readonly step: number;
  readonly kimg: number;
  readonly elapsedMs: number;
}

/** From the training thread. */
export type FromThread =
  | { readonly type: "report"; readonly report: TrainingReport }
  | { readonly type: "end"; readonly end: TrainingEnd }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string };

/** To the training thread. */
export interface ToThread {
  readonly type: "stop";
}
