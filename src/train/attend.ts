import type { GanModel } from "../adversarial/index.ts";
import type { ImageDataset } from "../data/image-dataset.ts";
import { openData } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import { type Checkup, Doctor, type Reals } from "../health/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import type { Backend } from "../runtime/session.ts";
import { GansmithError } from "../util/errors.ts";
import { initialArrays } from "./initial-arrays.ts";
import { imageShape } from "./resolve.ts";
import type { Trainer } from "./trainer.ts";

/** A doctor at a run of images, with the held-out ones that it reads. */
export interface Attendance {
  readonly doctor: Doctor;
  /** Why overfitting cannot be told, where it cannot. */
  readonly note?: string;
  release(): Promise<void>;
}

/**
 * Sends a doctor to a run, where its configuration wants one. Held-out reals are the data's test
 * images; training keeps all of its own.
 */
export async function attend(
  config: RunConfig,
  parts: { model: GanModel; trainer: Trainer; data: ImageDataset; backend: Backend },
  history: readonly Checkup[],
  onProgress?: (done: number, total: number) => void,
): Promise<Attendance | undefined> {
  if (config.health === false) return undefined;
  const { model, trainer, data, backend } = parts;
  const { held, note } = await openHeld(config, onProgress);
  try {
    const { game, engine } = trainer;
    const doctor = await Doctor.create(
      {
        config,
        players: model,
        game,
        sample: imageShape(model),
        batch: config.batch,
        pack: config.pack,
        seed: config.seed,
        reals: realsOf(data),
        held: held && realsOf(held),
        backend,
        everyKimg: config.health.everyKimg,
        samplesPerStep: config.batch * config.discriminatorSteps,
        initial: initialArrays(game, config.seed, engine.arrayNames),
      },
      history,
    );
    const release = async () => {
      await doctor.release();
      held?.close();
    };
    return { doctor, release, ...(note !== undefined && { note }) };
  } catch (error) {
    held?.close();
    throw error;
  }
}

async function openHeld(
  { data, size, channels }: RunConfig,
  onProgress?: (done: number, total: number) => void,
) {
  try {
    const request = { size, channels, split: "test", onProgress } as const;
    const held = await openData(data as DataSpec, request);
    return { held };
  } catch (error) {
    if (!(error instanceof GansmithError)) throw error;
    return { note: `the doctor cannot tell overfitting without held-out images: ${error.message}` };
  }
}

function realsOf(data: ImageDataset): Reals {
  return {
    count: data.count,
    read: (indices, out, labels) => {
      data.read(indices, out);
      indices.forEach((i, n) => {
        labels[n] = data.labelOf(i);
      });
    },
  };
}
