import type { RunConfig } from "../../recipes/index.ts";
import type { DiagnosisEvent, HealthEvent } from "../run-folder/run-event.ts";

/** What the training thread is asked to do. */
export type TrainingJob =
  | {
      readonly kind: "train";
      readonly out?: string;
      readonly config: RunConfig;
      /** A run with whose newest weights this one begins. */
      readonly from?: string;
    }
  | {
      readonly kind: "resume";
      readonly path: string;
      readonly length?: RunConfig["length"];
      /** Lets the guard treat what the doctor finds from here on. */
      readonly guard?: boolean;
    };

/** What training reports while it runs; plain data, so that it crosses threads. */
export type TrainingReport =
  | {
      readonly type: "preparing";
      readonly what: string;
      readonly done?: number;
      readonly total?: number;
    }
  | {
      /** Everything is in place; the first step is next. */
      readonly type: "ready";
      /** The run folder. */
      readonly run: string;
      readonly recipe: string;
      readonly model: string;
      /** Steps done already. */
      readonly step: number;
      readonly seed: number;
      readonly batch: number;
      readonly data: {
        readonly name: string;
        readonly images: number;
        readonly channels: 1 | 3;
        readonly size: number;
        readonly classes: number;
      };
      /** Trained numbers by network. */
      readonly parameters: Readonly<Record<string, number>>;
      readonly backend: string;
      readonly threads: number;
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
      /** Real images a step. */
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
  | HealthEvent
  | DiagnosisEvent
  | {
      /** The guard goes back to `step` and changes `settings`. */
      readonly type: "guard";
      readonly step: number;
      readonly from: number;
      readonly illness: string;
      readonly settings: readonly string[];
    }
  | { readonly type: "checkpoint"; readonly step: number; readonly file: string }
  | { readonly type: "warning"; readonly message: string };

/** How a training session ended. */
export interface TrainingEnd {
  /** The run folder. */
  readonly run: string;
  readonly reason: "finished" | "interrupted";
  readonly step: number;
  readonly kimg: number;
  readonly elapsedMs: number;
}
