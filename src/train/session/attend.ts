import type { GanModel } from "../../adversarial/index.ts";
import type { ImageDataset } from "../../data/image-dataset.ts";
import { openData } from "../../data/index.ts";
import type { DataSpec } from "../../data/source.ts";
import { type Checkup, Doctor, Examiner, type Reals } from "../../health/index.ts";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { GansmithError } from "../../util/errors.ts";
import { initialArrays } from "../loop/initial-arrays.ts";
import type { Trainer } from "../loop/trainer.ts";
import { imageShape } from "../resolve.ts";

/** A doctor at a run of images, with the held-out ones that it reads. */
export interface Attendance {
  readonly doctor: Doctor;
  release(): Promise<void>;
}

export interface AttendHooks {
  /** Held-out images decoded so far. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Hears why overfitting cannot be told, where it cannot. */
  readonly onNote?: (message: string) => void;
}

/**
 * Sends a doctor to a run, where its configuration wants one. Held-out reals are the data's test
 * images; training keeps all of its own. They are opened for the first checkup.
 */
export function attend(
  config: RunConfig,
  parts: { model: GanModel; trainer: Trainer; data: ImageDataset; backend: Backend },
  history: readonly Checkup[],
  { onProgress, onNote }: AttendHooks = {},
): Attendance | undefined {
  if (config.health === false) return undefined;
  const { everyKimg } = config.health;
  const { model, trainer, data, backend } = parts;
  const { batch, pack, seed, discriminatorSteps } = config;
  let held: ImageDataset | undefined;
  const open = async () => {
    const found = await openHeld(config, onProgress);
    held = found.held;
    if (found.note !== undefined) onNote?.(found.note);
    const { game, engine } = trainer;
    const spec = {
      ...{ players: model, game, sample: imageShape(model), batch, pack, seed, backend },
      reals: realsOf(data),
      held: held && realsOf(held),
    };
    const initial = initialArrays(game, seed, engine.arrayNames);
    return Examiner.create(spec, initial, config.emaKimg > 0);
  };
  const samplesPerStep = batch * discriminatorSteps;
  const doctor = new Doctor({ config, everyKimg, samplesPerStep, open }, history);
  const release = async () => {
    await doctor.release();
    held?.close();
  };
  return { doctor, release };
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
