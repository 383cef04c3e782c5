import type { RunConfig } from "./config.ts";

/** A named configuration: pure data. */
export interface Recipe {
  readonly name: string;
  readonly summary: string;
  readonly config: Omit<RunConfig, "recipe">;
}

/** What recipes agree on unless they say otherwise. */
export const defaults = {
  regularizers: [],
  pack: 1,
  discriminatorSteps: 1,
  generatorSteps: 1,
  emaKimg: 0,
  health: { everyKimg: 8, guard: false },
  batch: 64,
  seed: 0,
  backend: "auto",
  logEverySteps: 50,
  checkpointEverySeconds: 60,
  keepCheckpoints: 3,
  pictures: 20,
  metrics: "auto",
  evalSamples: 10_000,
} as const satisfies Partial<RunConfig>;

/** DCGAN's optimizer (arXiv 1511.06434): Adam, learning rate 2e-4, beta1 0.5. */
export const dcganAdam = { name: "adam", learningRate: 2e-4, beta1: 0.5 } as const;
