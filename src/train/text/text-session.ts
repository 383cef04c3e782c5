import { join, relative } from "node:path";
import type { TextRunConfig } from "../../recipes/text/index.ts";
import type { JsonObject, JsonValue } from "../../util/json.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import { Random } from "../../util/random.ts";
import { EventWriter } from "../run-folder/events.ts";
import { ScalarAccumulator } from "../run-folder/scalar-accumulator.ts";
import { TensorBoardWriter } from "../run-folder/tensorboard.ts";
import type { Iterated, Underway } from "../sequence/course.ts";
import { machineInfo } from "../session/machine.ts";
import type { SessionHooks } from "../thread.ts";
import type { TextJob, TextReport, TextSessionEnd } from "./messages.ts";
import { openTextSession, type TextParts } from "./open-text-session.ts";
import { generatorParameters } from "./plan-text.ts";
import { printedTexts, type SavedText, tokenizerFile } from "./text-run.ts";

/** At most this often it is told how far an iteration is. */
const reportEveryMs = 100;

/**
 * Trains in the calling thread until the run is done or asked to stop, writing everything that a run
 * folder holds. A new folder is made only when texts and networks are ready; it is locked meanwhile.
 */
export async function runSession(
  job: TextJob,
  hooks: SessionHooks<TextReport>,
): Promise<TextSessionEnd> {
  const parts = await openTextSession(job, hooks);
  let session: TextSession | undefined;
  try {
    session = new TextSession(parts, hooks);
    return await session.train();
  } finally {
    session?.close();
    const { course, sampler, backend, folder } = parts;
    await course.release();
    await sampler.release();
    await backend.release?.();
    folder.release();
  }
}

class TextSession {
  readonly #parts: TextParts;
  readonly #hooks: SessionHooks<TextReport>;
  readonly #events: EventWriter;
  readonly #board: TensorBoardWriter;
  readonly #startMs = performance.now();
  readonly #elapsedBeforeMs: number;
  /** Iterations of all stages. */
  #step: number;
  /** Where it stands, and where it was when last saved. */
  #place: string | undefined;
  #savedPlace: string | undefined;
  #lastSaveMs = this.#startMs;
  #lastReportMs = 0;
  /** Begun with the weights of another run, which nothing but a checkpoint can bring back. */
  #keepsFirst: boolean;

  constructor(parts: TextParts, hooks: SessionHooks<TextReport>) {
    const { folder, store, texts, from, begun } = parts;
    this.#parts = parts;
    this.#hooks = hooks;
    this.#step = from?.step ?? 0;
    this.#keepsFirst = begun !== undefined;
    this.#elapsedBeforeMs = (from?.state as unknown as SavedText | undefined)?.elapsedMs ?? 0;
    const { path } = folder;
    if (!from) writeFileAtomic(join(path, tokenizerFile), JSON.stringify(texts.tokenizer.json));
    const step = this.#step;
    store.discardAfter(step);
    this.#events = new EventWriter(folder.eventsPath);
    this.#board = new TensorBoardWriter(path, from ? { resumeStep: step } : {});
    const info = this.#about();
    this.#events.write(from ? { type: "resume", step, info } : { type: "start", info });
  }

  async train(): Promise<TextSessionEnd> {
    this.#ready();
    const { course, folder } = this.#parts;
    try {
      while (!course.over && !this.#endReached()) {
        const done = await course.next((at) => this.#pauses(at));
        if (done) await this.#iterated(done);
        if (this.#hooks.stopping()) break;
        if (this.#saveDue()) await this.#save();
      }
      if (this.#place !== this.#savedPlace) await this.#save();
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    const step = this.#step;
    const reason = course.over || this.#endReached() ? "finished" : "interrupted";
    this.#events.write({ type: "stop", step, reason });
    const [kimg, elapsedMs] = [course.shown / 1000, this.#elapsedMs];
    return { run: folder.path, reason, step, kimg, nll: course.taught?.nll, elapsedMs };
  }

  close(): void {
    this.#events.close();
    this.#board.close();
  }

  get #elapsedMs(): number {
    return this.#elapsedBeforeMs + performance.now() - this.#startMs;
  }

  /** Before each step: tells how far it is, and pauses to stop or to save. */
  #pauses(at: Underway): boolean {
    this.#place = `${this.#step}/${at.done}`;
    const now = performance.now();
    if (now - this.#lastReportMs >= reportEveryMs) {
      this.#lastReportMs = now;
      const { meanTokens } = this.#parts;
      const tokens = Math.round(at.shown * meanTokens);
      const [step, elapsedMs, progress] = [this.#step, this.#elapsedMs, this.#progress(at)];
      this.#hooks.report({ type: "progress", ...at, step, progress, tokens, elapsedMs });
    }
    return this.#hooks.stopping() || this.#endReached() || this.#saveDue();
  }

  /** Never twice in one place: a step that pauses for it has to begin anew. */
  #saveDue(): boolean {
    const { checkpointEverySeconds } = this.#parts.config;
    const due =
      this.#keepsFirst || performance.now() - this.#lastSaveMs >= 1000 * checkpointEverySeconds;
    return due && this.#place !== this.#savedPlace;
  }

  #endReached(): boolean {
    return endShare(this.#parts.config.end, this.#counts()) >= 1;
  }

  #progress({ stage, iteration, done, of }: Underway): number {
    const { config } = this.#parts;
    const { iterations } = config.stages[stage] as TextRunConfig["stages"][number];
    const share = (iteration - 1 + done / of) / iterations;
    return Math.min(1, Math.max(share, endShare(config.end, this.#counts())));
  }

  #counts(): Counts {
    const kimg = this.#parts.course.shown / 1000;
    return { steps: this.#step, kimg, minutes: this.#elapsedMs / 60_000 };
  }

  async #iterated({ scalars, nll, shown, stage, iteration }: Iterated): Promise<void> {
    const step = ++this.#step;
    this.#place = `${step}/0`;
    const samples = await this.#samples();
    const elapsedMs = this.#elapsedMs;
    const figures = { ...Object.fromEntries(scalars), nll };
    const values = new ScalarAccumulator();
    for (const [name, value] of Object.entries(figures)) values.add(name, value);
    const { stages, end } = this.#parts.config;
    const all = stages.reduce((sum, s) => sum + s.iterations, 0);
    const progress = Math.min(1, Math.max(step / all, endShare(end, this.#counts())));
    const event = { step, kimg: shown / 1000, elapsedMs, progress, values: values.take() };
    this.#events.write({ type: "scalars", ...event });
    this.#board.scalars(figures, step);
    this.#board.texts("samples", samples, step);
    const told = { step, stage, iteration, nll, shown, elapsedMs, samples };
    this.#hooks.report({ type: "iteration", ...told, scalars: Object.fromEntries(scalars) });
  }

  /** Texts of the same noise every time, so that one sees them change. */
  async #samples(): Promise<string[]> {
    const { folder, config, texts, course, sampler } = this.#parts;
    sampler.setWeights(course.taught?.weights ?? new Map());
    const ids = await sampler.draw(config.samples, new Random(config.seed, "samples"));
    const samples = printedTexts(config, texts.tokenizer, ids);
    const step = this.#step;
    const file = join("samples", `${String(step).padStart(6, "0")}.txt`);
    writeFileAtomic(join(folder.path, file), `${samples.join("\n\n")}\n`);
    this.#events.write({ type: "sample", step, file });
    return samples;
  }

  async #save(): Promise<void> {
    const { course, texts, store, folder } = this.#parts;
    const { arrays, state } = await course.save();
    const tensors = new Map(
      [...arrays].map(([name, data]) => [
        name,
        { dtype: "F32", shape: [data.length], data: new Float32Array(data) } as const,
      ]),
    );
    const { fingerprint } = texts;
    const { shown, taught } = course;
    const saved: SavedText = {
      ...{ course: state, elapsedMs: this.#elapsedMs, shown, nll: taught?.nll ?? null },
      fingerprint,
    };
    const step = this.#step;
    this.#events.flush({ durable: true });
    const path = store.save({ step, tensors, state: saved as unknown as JsonValue });
    const file = relative(folder.path, path);
    this.#events.write({ type: "checkpoint", step, file });
    this.#hooks.report({ type: "checkpoint", step, file: path });
    this.#keepsFirst = false;
    this.#savedPlace = this.#place;
    this.#lastSaveMs = performance.now();
  }

  #about(): JsonObject {
    const { config, backend, texts, begun } = this.#parts;
    const { name, count, fingerprint, tally } = texts;
    const machine = machineInfo(backend, config);
    const weights = begun && { run: begun.run, step: begun.step };
    return {
      ...{ ...machine, data: name, texts: count, fingerprint, tally: { ...tally } },
      ...(weights && { weights }),
    };
  }

  #ready(): void {
    const { folder, config, texts, backend } = this.#parts;
    const { name, count, tokenizer } = texts;
    const { vocabulary } = tokenizer;
    const { threads } = machineInfo(backend, config);
    this.#hooks.report({
      ...{ type: "ready", run: folder.path, recipe: config.recipe },
      ...{ step: this.#step, seed: config.seed },
      data: { name, texts: count, vocabulary },
      parameters: generatorParameters(config, vocabulary),
      ...{ backend: backend.name, threads: Number(threads) },
    });
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    try {
      this.#events.write({ type: "stop", step: this.#step, reason: "failed", message });
    } catch {
      // The disk may be what failed; the error itself is on its way to the user.
    }
  }
}

type Counts = Readonly<Record<keyof NonNullable<TextRunConfig["end"]>, number>>;

/** How near the nearest of the ends is; 1 where it is reached. */
function endShare(end: TextRunConfig["end"] = {}, at: Counts): number {
  const { steps = Infinity, kimg = Infinity, minutes = Infinity } = end;
  return Math.max(at.steps / steps, at.kimg / kimg, at.minutes / minutes);
}
