import { join } from "node:path";
import type { TextDataset } from "../../data/text/text-dataset.ts";
import { checkTextConfig, type TextRunConfig } from "../../recipes/text/index.ts";
import type { JsonObject, JsonValue } from "../../util/json.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import { Random } from "../../util/random.ts";
import type { Arrays } from "../loop/weighted-session.ts";
import { CheckpointStore } from "../run-folder/checkpoint.ts";
import { EventWriter } from "../run-folder/events.ts";
import { RunFolder } from "../run-folder/run-folder.ts";
import { ScalarAccumulator } from "../run-folder/scalar-accumulator.ts";
import { Course, type Iterated } from "../sequence/course.ts";
import { checkMethod } from "../sequence/methods/registry.ts";
import type { SequenceSampler } from "../sequence/sequence-sampler.ts";
import { machineInfo } from "../session/machine.ts";
import {
  allSequences,
  openTexts,
  printedTexts,
  TextRun,
  textBackend,
  textGenerator,
  textSampler,
  tokenizerFile,
} from "./text-run.ts";

export interface TextIteration extends Iterated {
  /** Iterations of all stages so far. */
  readonly step: number;
  readonly elapsedMs: number;
  /** Some texts as the generator writes now. */
  readonly samples: readonly string[];
}

export interface TextReady {
  readonly run: string;
  readonly texts: number;
  readonly vocabulary: number;
  readonly step: number;
}

export interface TrainTextOptions {
  /** The run folder; by default a new number below `runs`. */
  readonly out?: string | undefined;
  readonly onReady?: (ready: TextReady) => void;
  readonly onIteration?: (done: TextIteration) => void;
  readonly onWarning?: (message: string) => void;
  /** Aborting saves a checkpoint after the iteration and ends. */
  readonly signal?: AbortSignal;
}

export interface TextEnd {
  readonly run: TextRun;
  readonly step: number;
  /** Validation NLL of what is kept, nats a token. */
  readonly nll: number;
  readonly elapsedMs: number;
  readonly reason: "finished" | "interrupted";
}

/**
 * Trains a configuration of text into a new run folder. Throws a usage error for values that do not
 * fit; nothing is written before the texts are read.
 */
export async function trainText(
  config: TextRunConfig,
  options: TrainTextOptions = {},
): Promise<TextEnd> {
  const checked = checkTextConfig(config);
  for (const { method } of checked.stages) checkMethod(method);
  const { out } = options;
  if (out !== undefined) RunFolder.checkVacant(out);
  const make = () =>
    RunFolder.create({
      ...{ name: checked.recipe, config: checked as unknown as JsonObject },
      ...(out !== undefined && { dir: out }),
    });
  return playFromStart(make, checked, options);
}

/** From the first iteration, in a folder that is made once the texts are read. */
async function playFromStart(
  make: RunFolder | (() => RunFolder),
  config: TextRunConfig,
  options: TrainTextOptions,
): Promise<TextEnd> {
  const texts = await openTexts(config, "train");
  const validation = await openTexts(config, "validation", texts.tokenizer);
  const course = await courseOf(config, texts, validation);
  let folder: RunFolder;
  try {
    folder = typeof make === "function" ? make() : make;
  } catch (error) {
    await course.release();
    throw error;
  }
  const session = { folder, config, texts, course, step: 0, elapsedMs: 0 };
  return play(session, options, (events) => {
    writeFileAtomic(join(folder.path, tokenizerFile), JSON.stringify(texts.tokenizer.json));
    events.write({ type: "start", info: aboutSession(config, texts) });
  });
}

/** Goes on with a run of text from its last good checkpoint, to the bit as if it had never stopped. */
export async function resumeText(
  path: string,
  options: Omit<TrainTextOptions, "out"> = {},
): Promise<TextEnd> {
  const folder = RunFolder.open(path).lock();
  try {
    const run = new TextRun(path);
    const { config } = run;
    const store = new CheckpointStore(folder.checkpointsPath);
    if (store.list().length === 0) return await playFromStart(folder, config, options);
    const { step, state, tensors } = run.checkpoint();
    const texts = await run.openData("train");
    const { course: saved, elapsedMs, fingerprint } = state as unknown as SavedText;
    if (texts.fingerprint !== fingerprint) {
      const message = "the texts have changed since the run began: it goes on with the new ones.";
      options.onWarning?.(message);
    }
    const arrays: Arrays = new Map([...tensors].map(([name, t]) => [name, t.data as Float32Array]));
    const validation = await run.openData("validation");
    const course = await courseOf(config, texts, validation, { arrays, state: saved });
    store.discardAfter(step);
    const session = { folder, config, texts, course, step, elapsedMs };
    return await play(session, options, (events) =>
      events.write({ type: "resume", step, info: aboutSession(config, texts) }),
    );
  } finally {
    folder.release();
  }
}

interface SavedText {
  readonly course: JsonObject;
  readonly elapsedMs: number;
  readonly fingerprint: string;
}

interface TextSession {
  readonly folder: RunFolder;
  readonly config: TextRunConfig;
  readonly texts: TextDataset;
  readonly course: Course;
  readonly step: number;
  readonly elapsedMs: number;
}

function courseOf(
  config: TextRunConfig,
  texts: TextDataset,
  validation: TextDataset,
  from?: Parameters<typeof Course.open>[2],
): Promise<Course> {
  const inputs = {
    generator: textGenerator(config, texts.tokenizer.vocabulary),
    train: allSequences(texts),
    validation: allSequences(validation, config.validation),
    seed: config.seed,
    backend: textBackend(config),
  };
  return Course.open(inputs, config.stages, from);
}

/** One sitting: iterations until the end, checkpoints, samples and events as they come. */
async function play(
  { folder, config, texts, course, ...before }: TextSession,
  { onReady, onIteration, signal }: TrainTextOptions,
  begin: (events: EventWriter) => void,
): Promise<TextEnd> {
  const events = new EventWriter(folder.eventsPath);
  const { tokenizer } = texts;
  const store = new CheckpointStore(folder.checkpointsPath, { keep: config.keepCheckpoints });
  const sampler = await textSampler(config, tokenizer);
  const start = performance.now();
  const elapsed = () => before.elapsedMs + performance.now() - start;
  let { step } = before;
  let saved = step;
  let lastSave = start;
  const save = async () => {
    const { arrays, state } = await course.save();
    const tensors = new Map(
      [...arrays].map(([name, data]) => [
        name,
        { dtype: "F32", shape: [data.length], data: new Float32Array(data) } as const,
      ]),
    );
    const { fingerprint } = texts;
    const whole: JsonValue = { course: state, elapsedMs: elapsed(), fingerprint };
    const path = store.save({ step, tensors, state: whole });
    saved = step;
    lastSave = performance.now();
    events.write({ type: "checkpoint", step, file: `checkpoints/${path.split("/").at(-1)}` });
    events.flush({ durable: true });
  };
  try {
    begin(events);
    const { vocabulary } = tokenizer;
    onReady?.({ run: folder.path, texts: texts.count, vocabulary, step });
    for (;;) {
      const done = signal?.aborted ? undefined : await course.next();
      if (!done) break;
      step++;
      const samples = await drawSamples(sampler, course, config, texts);
      const file = `samples/${String(step).padStart(6, "0")}.txt`;
      writeFileAtomic(join(folder.path, file), `${samples.join("\n\n")}\n`);
      events.write({ type: "sample", step, file });
      const values = new ScalarAccumulator();
      for (const [name, value] of [...done.scalars, ["nll", done.nll] as const]) {
        values.add(name, value);
      }
      const kimg = done.shown / 1000;
      events.write({ type: "scalars", step, kimg, elapsedMs: elapsed(), values: values.take() });
      onIteration?.({ ...done, step, elapsedMs: elapsed(), samples });
      const due = performance.now() - lastSave >= 1000 * config.checkpointEverySeconds;
      if (due) await save();
    }
    if (step > saved) await save();
    const reason = signal?.aborted ? "interrupted" : "finished";
    events.write({ type: "stop", step, reason });
    const { nll } = course.taught;
    return { run: new TextRun(folder.path), step, nll, elapsedMs: elapsed(), reason };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    events.write({ type: "stop", step, reason: "failed", message });
    throw error;
  } finally {
    events.close();
    await sampler.release();
    await course.release();
    folder.release();
  }
}

/** The same noise every time, so that one sees the texts change. */
async function drawSamples(
  sampler: SequenceSampler,
  course: Course,
  config: TextRunConfig,
  { tokenizer }: TextDataset,
): Promise<string[]> {
  sampler.setWeights(course.taught.weights);
  const ids = await sampler.draw(config.samples, new Random(config.seed, "samples"));
  return printedTexts(config, tokenizer, ids);
}

function aboutSession(config: TextRunConfig, texts: TextDataset): JsonObject {
  const { name, count, fingerprint, tally } = texts;
  const machine = machineInfo(textBackend(config), config);
  return { ...machine, data: name, texts: count, fingerprint, tally: { ...tally } };
}
