import type { ImageDataset } from "../../data/image-dataset.ts";
import { absoluteData, openData } from "../../data/index.ts";
import { Prefetcher } from "../../data/prefetch.ts";
import type { DataSpec } from "../../data/source.ts";
import { checkConfig, type RunConfig } from "../../recipes/index.ts";
import { chooseBackend } from "../../runtime/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { type GansmithError, usageError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import { Sampler } from "../loop/sampler.ts";
import { Trainer } from "../loop/trainer.ts";
import { modelOf } from "../resolve.ts";
import { CheckpointStore, type LoadedCheckpoint } from "../run-folder/checkpoint.ts";
import { readEvents } from "../run-folder/events.ts";
import { type StoredEvent, stepOf } from "../run-folder/run-event.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { fittingArrays, type StartingWeights, startingWeights } from "../starting-weights.ts";
import type { SessionHooks as Hooks } from "../thread.ts";
import { type Attendance, attend } from "./attend.ts";
import { interventionsOf, pendingIntervention, resumed } from "./interventions.ts";
import type { TrainingJob, TrainingReport } from "./messages.ts";
import { checkSameData, type DatasetState, openRunData } from "./run-data.ts";

export type SessionHooks = Hooks<TrainingReport>;

/** Everything that a session trains with, and releases. */
export interface SessionParts {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  readonly hooks: SessionHooks;
  readonly trainer: Trainer;
  readonly sampler: Sampler;
  readonly data: ImageDataset;
  readonly backend: Backend;
  readonly store: CheckpointStore;
  readonly attendance: Attendance | undefined;
  /** The run with whose weights this one has begun just now. */
  readonly weights: StartingWeights | undefined;
}

/** What a session finds of the run that it goes on with. */
export interface Begun {
  readonly folder: RunFolder;
  readonly store: CheckpointStore;
  readonly from: LoadedCheckpoint | undefined;
  readonly events: readonly StoredEvent[];
}

interface OpenedSession {
  readonly parts: SessionParts;
  readonly begun: Begun | undefined;
}

/** Data, networks and run folder for a session; the folder is locked. Nothing is left behind by a failure. */
export async function openSession(job: TrainingJob, hooks: SessionHooks): Promise<OpenedSession> {
  if (job.kind === "train") {
    const weights = job.from === undefined ? undefined : startingWeights(job.from);
    return prepare(job.config, hooks, { out: job.out, weights });
  }
  const folder = RunFolder.open(job.path).lock();
  try {
    const events = readEvents(folder.eventsPath);
    const pending = pendingIntervention(events);
    const config = resumed(checkConfig(folder.config), job, pending);
    const store = storeOf(folder, config);
    // A kill may have come between the guard's decision and this.
    if (pending) store.discardAfter(pending.step);
    const from = store.latest();
    for (const message of from?.warnings ?? []) hooks.report({ type: "warning", message });
    if (!from && !pending) {
      const message = `${folder.path} has no checkpoint yet; training begins anew with the same seed.`;
      hooks.report({ type: "warning", message });
    }
    return await prepare(config, hooks, {
      begun: {
        folder,
        store,
        from,
        events: events.filter((e) => e.type === "guard" || !(stepOf(e) > (from?.step ?? 0))),
      },
    });
  } catch (error) {
    folder.release();
    throw error;
  }
}

async function prepare(
  config: RunConfig,
  hooks: SessionHooks,
  {
    out,
    weights,
    begun,
  }: {
    readonly out?: string | undefined;
    readonly weights?: StartingWeights | undefined;
    readonly begun?: Begun;
  },
): Promise<OpenedSession> {
  const undo: (() => unknown)[] = [];
  try {
    const what = `data set ${config.data.name}`;
    hooks.report({ type: "preparing", what });
    // A run that brings its data along names them from its own folder.
    const spec = absoluteData(config.data as DataSpec, begun?.folder.path);
    const data = await openRunData(begun?.folder, () =>
      openData(spec, {
        size: config.size,
        channels: config.channels,
        split: "train",
        onProgress: (done, total) => hooks.report({ type: "preparing", what, done, total }),
      }),
    );
    undo.push(() => data.close());
    if (begun?.from) {
      const { dataset } = begun.from.state as unknown as { dataset: DatasetState };
      checkSameData(dataset.fingerprint, data, "images");
    }
    hooks.report({ type: "preparing", what: "the training graphs" });
    const backend = chooseBackend(
      config.backend,
      config.threads ? { threads: config.threads } : {},
    );
    undo.push(() => backend.release?.());
    const past = begun?.events ?? [];
    // What a cure adds to the game begins as in a new one.
    const adapting = interventionsOf(past).some(({ step }) => step === begun?.from?.step);
    const trainer = await Trainer.create(config, data, backend, begun?.from, {
      adapting,
      batches: (images, order) => new Prefetcher(images, order),
      weights: weights && ((game) => fittingArrays(weights, game.variables)),
    });
    undo.push(() => trainer.release());
    if (begun && trainer.progress >= 1) throw alreadyDone(begun.folder, trainer);
    const model = modelOf(config, data.channels, data.classes.length);
    const sampler = await Sampler.create(model, backend);
    undo.push(() => sampler.release());
    const checkups = past.flatMap((e) => (e.type === "health" ? [e.checkup] : []));
    const attendance = attend(
      { ...config, data: spec },
      { model, trainer, data, backend },
      checkups,
      {
        onProgress: (done, total) =>
          hooks.report({ type: "preparing", what: "held-out images", done, total }),
        ...(!begun && { onNote: (message) => hooks.report({ type: "warning", message }) }),
      },
    );
    undo.push(() => attendance?.release());
    const json = JSON.parse(JSON.stringify(config)) as JsonObject;
    if (begun) begun.folder.writeConfig(json);
    const folder =
      begun?.folder ?? RunFolder.create({ name: config.recipe, config: json, dir: out });
    undo.push(() => folder.release());
    const store = begun?.store ?? storeOf(folder, config);
    const own = { folder, config, hooks, store, weights };
    const parts = { ...own, trainer, sampler, data, backend, attendance };
    return { parts, begun };
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

function alreadyDone({ path }: RunFolder, { step, kimg }: Trainer): GansmithError {
  return usageError(
    `${path} is done: it has ${step} steps, ${kimg.toFixed(1)} kimg; to go on, give a later end, for example gansmith resume ${path} --steps ${2 * step}.`,
  );
}

function storeOf(folder: RunFolder, { keepCheckpoints }: RunConfig): CheckpointStore {
  return new CheckpointStore(folder.checkpointsPath, { keep: keepCheckpoints });
}
