import { START } from "../../data/text/tokenizer.ts";
import {
  type LanguageModels,
  linesOf,
  quatrainMetrics,
  quatrainShare,
  type Text,
  type TextMetric,
  textMetrics,
} from "../../metrics/text/index.ts";
import { GansmithError, unknownName } from "../../util/errors.ts";
import { idTexts, printed, type RealTexts, realTexts } from "./judged-texts.ts";
import { learnLanguage, type SequenceLanguageModel } from "./language-model.ts";
import { type TextRun, textBackend, textGenerator, wordlessTokens } from "./text-run.ts";

export interface TextFigure {
  readonly value: number;
  /** The same figure of as many real texts. */
  readonly floor: number;
  /** The details of that. */
  readonly floorDetails: Readonly<Record<string, unknown>>;
  readonly samples: number;
  readonly higherIsBetter: boolean;
  readonly protocol: string;
  readonly [detail: string]: unknown;
}

export interface JudgeTextOptions {
  /** Names of metrics; all that suit the texts and take no minutes by default. */
  readonly metrics?: readonly string[] | undefined;
  /**
   * Texts to draw, and real ones beside them; at most as many as the test split holds. Metrics that say
   * how many they need draw their own number.
   */
  readonly n?: number | undefined;
  readonly seed?: number | undefined;
  /** Texts that the judging language model learns, at most; 10,000 by default. */
  readonly judgeTexts?: number | undefined;
  /** Where language models of real texts are kept; the user's cache by default. */
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

export interface EvaluateTextOptions extends JudgeTextOptions {
  readonly temperature?: number | undefined;
}

export interface SweepTextOptions extends JudgeTextOptions {
  readonly temperatures?: readonly number[] | undefined;
}

/** A generator's figures by metric name at one temperature. */
export interface TextSweepPoint {
  readonly temperature: number;
  readonly metrics: Readonly<Record<string, TextFigure>>;
}

/** From careful to as the generator learned it, and a step beyond. */
export const sweepTemperatures: readonly number[] = [0.7, 0.8, 0.9, 1, 1.1];

/** The seed of every language model that judges: one generator's figures never depend on another's. */
const languageSeed = 0;

/**
 * Judges freshly drawn texts; figures by metric name, each beside that of real texts. Poems are judged as
 * poems where the real ones are.
 */
export async function evaluateText(
  run: TextRun,
  { temperature = 1, ...options }: EvaluateTextOptions = {},
): Promise<Readonly<Record<string, TextFigure>>> {
  const [point] = await sweepText(run, { ...options, temperatures: [temperature] });
  return (point as TextSweepPoint).metrics;
}

/**
 * Judges a generator at several temperatures, since any one of them hides what it gives up: below 1 texts
 * get better and more alike. The same random numbers are drawn from at each.
 */
export async function sweepText(
  run: TextRun,
  options: SweepTextOptions = {},
): Promise<TextSweepPoint[]> {
  const { metrics: asked, n = 500, seed, onProgress } = options;
  const { temperatures = sweepTemperatures } = options;
  const real = await realTexts(run);
  const models = new RunLanguageModels(run, real, options);
  try {
    const judges = judgesOf(run, real, models, Math.min(n, real.test.length), asked);
    const points: TextSweepPoint[] = [];
    for (const temperature of temperatures) {
      // As many as each wants: figures do not depend on what else is asked.
      const drawn = new Map<number, readonly Text[]>();
      const metrics: Record<string, TextFigure> = {};
      for (const [i, { name, samples, figure }] of judges.entries()) {
        onProgress?.(`${name} at T = ${temperature}`, i, judges.length);
        const texts =
          drawn.get(samples) ?? idTexts(await run.draw(samples, { seed, temperature }), run.config);
        drawn.set(samples, texts);
        metrics[name] = await figure(texts);
      }
      points.push({ temperature, metrics });
    }
    return points;
  } finally {
    await models.release();
  }
}

/** A metric of a run's texts, ready to judge. */
interface TextJudge {
  readonly name: string;
  /** How many texts it takes. */
  readonly samples: number;
  figure(texts: readonly Text[]): Promise<TextFigure>;
}

/** Throws a usage error for a metric that is unknown or does not suit the texts. */
function judgesOf(
  run: TextRun,
  real: RealTexts,
  languageModels: LanguageModels<Text>,
  count: number,
  asked: readonly string[] | undefined,
): TextJudge[] {
  const print = printed(run, run.tokenizer());
  const poem = (text: Text) => linesOf(real.written(text) ?? print(text));
  const some = real.test.slice(0, count).map(poem);
  const verse = quatrainShare(some, 5) + quatrainShare(some, 7) > 0.5;
  const all = [
    ...textMetrics.map((m) => judgeOf(m, real, count, (t) => t, languageModels)),
    ...(verse ? quatrainMetrics.map((m) => judgeOf(m, real, count, poem)) : []),
  ];
  const known = all.map(({ name }) => name);
  for (const name of asked ?? []) {
    if (!known.includes(name)) throw unknownName("metric", name, known);
  }
  return all.filter(({ name, byName }) => asked?.includes(name) ?? !byName);
}

function judgeOf<T>(
  metric: TextMetric<T>,
  real: RealTexts,
  count: number,
  form: (text: Text) => T,
  languageModels?: LanguageModels<T>,
): TextJudge & { readonly byName: boolean } {
  const { name, higherIsBetter, protocol, floorFrom, texts = count, byName = false } = metric;
  const floors = real[floorFrom];
  const samples = Math.min(texts, floors.length);
  // Real texts are formed once, and only where the metric reads them.
  const formed = lazily(() => ({
    references: metric.needs.includes("references") ? real.test.map(form) : [],
    train: metric.needs.includes("train") ? real.train.map(form) : [],
  }));
  const compute = async (judged: readonly Text[]) => {
    const context = { ...formed(), ...(languageModels && { languageModels }) };
    try {
      return await metric.compute({ ...context, samples: judged.slice(0, samples).map(form) });
    } catch (error) {
      if (!(error instanceof GansmithError)) throw error;
      throw new GansmithError(error.kind, `${name}: ${error.message}`, { cause: error });
    }
  };
  const floorOf = lazily(() => compute(floors));
  const figure = async (judged: readonly Text[]): Promise<TextFigure> => {
    const { value, details } = await compute(judged);
    const { value: floor, details: floorDetails = {} } = await floorOf();
    return { value, floor, floorDetails, samples, higherIsBetter, protocol, ...details };
  };
  return { name, samples, byName, figure };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Language models of a run's tokens. */
class RunLanguageModels implements LanguageModels<Text> {
  readonly #run: TextRun;
  readonly #real: RealTexts;
  readonly #options: JudgeTextOptions;
  readonly #open: SequenceLanguageModel[] = [];
  /** Texts that will be learned again, run after run. */
  readonly #own: ReadonlySet<Text>;
  #judge: Promise<SequenceLanguageModel> | undefined;

  constructor(run: TextRun, real: RealTexts, options: JudgeTextOptions) {
    this.#run = run;
    this.#own = new Set(real.train);
    this.#real = real;
    this.#options = options;
  }

  judge(): Promise<SequenceLanguageModel> {
    const { judgeTexts = 10_000 } = this.#options;
    const texts = this.#real.unseen.slice(0, judgeTexts);
    this.#judge ??= this.#learn(texts, "the judge learns real texts", true);
    return this.#judge;
  }

  learn(texts: readonly Text[]): Promise<SequenceLanguageModel> {
    const kept = texts.every((text) => this.#own.has(text));
    return this.#learn(texts, `a language model learns ${kept ? "real texts" : "samples"}`, kept);
  }

  async release(): Promise<void> {
    for (const model of this.#open) await model.release();
  }

  async #learn(texts: readonly Text[], stage: string, kept: boolean) {
    const { config } = this.#run;
    const { onProgress, cacheDir } = this.#options;
    const { vocabulary } = this.#run.tokenizer();
    const { length, end } = textGenerator(config, vocabulary);
    const never = wordlessTokens(config);
    const shape = { vocabulary, length, start: START, never, ...(end !== undefined && { end }) };
    const model = await learnLanguage(texts, shape, {
      ...{ seed: languageSeed, backend: textBackend(config), kept, cacheDir },
      onProgress: (pass, passes) => onProgress?.(stage, pass, passes),
    });
    this.#open.push(model);
    return model;
  }
}
