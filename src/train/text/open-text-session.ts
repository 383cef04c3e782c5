import type { TextDataset } from "../../data/text/text-dataset.ts";
import { END } from "../../data/text/tokenizer.ts";
import { checkTextConfig, type TextRunConfig } from "../../recipes/text/index.ts";
import type { Backend } from "../../runtime/session.ts";
import type { JsonObject } from "../../util/json.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { CheckpointStore, type LoadedCheckpoint } from "../run-folder/checkpoint.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { Course } from "../sequence/course.ts";
import type { SequenceSampler } from "../sequence/sequence-sampler.ts";
import { checkSameData, openRunData } from "../session/run-data.ts";
import type { SessionHooks } from "../thread.ts";
import type { TextJob, TextReport } from "./messages.ts";
import { type StartingText, startingText } from "./starting-text.ts";
import {
  allSequences,
  openTexts,
  type SavedText,
  TextRun,
  textBackend,
  textGenerator,
  textSampler,
} from "./text-run.ts";

/** Everything that a session of text trains with, and releases. */
export interface TextParts {
  readonly folder: RunFolder;
  readonly store: CheckpointStore;
  readonly config: TextRunConfig;
  readonly texts: TextDataset;
  /** Tokens of a text with its end, on average. */
  readonly meanTokens: number;
  readonly course: Course;
  readonly sampler: SequenceSampler;
  readonly backend: Backend;
  /** The checkpoint that it goes on from. */
  readonly from: LoadedCheckpoint | undefined;
  /** The run with whose weights this one has begun just now. */
  readonly begun: StartingText | undefined;
}

/** What a session finds of the run that it goes on with. */
interface Begun {
  readonly folder: RunFolder;
  readonly from: LoadedCheckpoint | undefined;
}

/** Texts, networks and run folder for a session; the folder is locked. Nothing is left behind by a failure. */
export async function openTextSession(
  job: TextJob,
  hooks: SessionHooks<TextReport>,
): Promise<TextParts> {
  if (job.kind === "train") {
    const { config, out, from } = job;
    const weights = from === undefined ? undefined : startingText(from, config);
    return prepare(weights?.config ?? config, hooks, { out, weights });
  }
  const folder = RunFolder.open(job.path).lock();
  try {
    const { end } = job;
    const config = { ...checkTextConfig(folder.config), ...(end && { end }) };
    const from = storeOf(folder, config).latest();
    for (const message of from?.warnings ?? []) hooks.report({ type: "warning", message });
    if (!from) {
      const message = `${folder.path} has no checkpoint yet; training begins anew with the same seed.`;
      hooks.report({ type: "warning", message });
    }
    return await prepare(config, hooks, { begun: { folder, from } });
  } catch (error) {
    folder.release();
    throw error;
  }
}

async function prepare(
  config: TextRunConfig,
  hooks: SessionHooks<TextReport>,
  {
    out,
    weights,
    begun,
  }: {
    readonly out?: string | undefined;
    readonly weights?: StartingText | undefined;
    readonly begun?: Begun | undefined;
  },
): Promise<TextParts> {
  const undo: (() => unknown)[] = [];
  const from = begun?.from;
  const saved = from?.state as unknown as SavedText | undefined;
  try {
    hooks.report({ type: "preparing", what: `texts of ${config.data.name}` });
    const own = from && begun && new TextRun(begun.folder.path).tokenizer();
    const known = own ?? weights?.tokenizer;
    const texts = await openRunData(begun?.folder, () => openTexts(config, "train", known));
    if (saved) checkSameData(saved.fingerprint, texts, "texts");
    const { tokenizer } = texts;
    const validation = await openTexts(config, "validation", tokenizer);
    hooks.report({ type: "preparing", what: "the training graphs" });
    const backend = textBackend(config);
    undo.push(() => backend.release?.());
    const train = allSequences(texts);
    const course = await Course.open(
      {
        ...{ generator: textGenerator(config, tokenizer.vocabulary), backend, train },
        ...{ validation: allSequences(validation, config.validation), seed: config.seed },
        ...(weights && { weights: weights.weights }),
      },
      config.stages,
      from && saved && { arrays: arraysOf(from), state: saved.course },
    );
    undo.push(() => course.release());
    const sampler = await textSampler(config, tokenizer);
    undo.push(() => sampler.release());
    const json = JSON.parse(JSON.stringify(config)) as JsonObject;
    if (begun) begun.folder.writeConfig(json);
    const folder =
      begun?.folder ?? RunFolder.create({ name: config.recipe, config: json, dir: out });
    const store = storeOf(folder, config);
    const meanTokens = meanLength(train, texts);
    const made = { course, sampler, backend };
    return { folder, store, config, texts, meanTokens, ...made, from, begun: weights };
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

function storeOf(folder: RunFolder, { keepCheckpoints }: TextRunConfig): CheckpointStore {
  return new CheckpointStore(folder.checkpointsPath, { keep: keepCheckpoints });
}

function arraysOf({ tensors }: LoadedCheckpoint): Arrays {
  return new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]));
}

/** Tokens of a sequence [n,T] up to its first end and with it, on average. */
function meanLength(sequences: Int32Array, { length, count }: TextDataset): number {
  let tokens = 0;
  for (let i = 0; i < count; i++) {
    const stop = sequences.subarray(i * length, (i + 1) * length).indexOf(END);
    tokens += stop < 0 ? length : stop + 1;
  }
  return tokens / count;
}
