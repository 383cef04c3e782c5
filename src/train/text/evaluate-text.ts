import type { TextDataset } from "../../data/text/text-dataset.ts";
import { END } from "../../data/text/tokenizer.ts";
import {
  linesOf,
  type Poem,
  quatrainMetrics,
  quatrainShare,
  type Text,
  textMetrics,
} from "../../metrics/text/index.ts";
import type { TextMetric } from "../../metrics/text/text-metric.ts";
import { GansmithError, unknownName } from "../../util/errors.ts";
import { allSequences, printedTexts, type TextRun } from "./text-run.ts";

export interface TextFigure {
  readonly value: number;
  /** The same figure of as many real texts. */
  readonly floor: number;
  readonly samples: number;
  readonly higherIsBetter: boolean;
  readonly protocol: string;
  readonly [detail: string]: unknown;
}

export interface EvaluateTextOptions {
  /** Names of metrics; all that suit the texts by default. */
  readonly metrics?: readonly string[] | undefined;
  /** Texts to draw, and real ones beside them; at most as many as the test split holds. */
  readonly n?: number | undefined;
  readonly seed?: number | undefined;
  readonly temperature?: number | undefined;
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

/** Texts by split and of the generator, in the form that a family of metrics reads. */
interface Judged<T> {
  readonly samples: readonly T[];
  readonly train: readonly T[];
  readonly validation: readonly T[];
  readonly test: readonly T[];
}

/**
 * Judges freshly drawn texts; figures by metric name, each beside that of real texts. Poems are judged as
 * poems where the real ones are.
 */
export async function evaluateText(
  run: TextRun,
  { metrics: asked, n = 500, seed, temperature, onProgress }: EvaluateTextOptions = {},
): Promise<Record<string, TextFigure>> {
  const [train, validation, test] = [
    await run.openData("train"),
    await run.openData("validation"),
    await run.openData("test"),
  ];
  const count = Math.min(n, test.count);
  const ids = await run.draw(count, { seed, temperature });
  const split = (data: TextDataset, most?: number) => idTexts(allSequences(data, most), data);
  const texts: Judged<Text> = {
    samples: idTexts(ids, train),
    train: split(train),
    validation: split(validation, count),
    test: split(test, count),
  };
  const poem = (all: readonly Text[]): Poem[] =>
    all.map((t) => linesOf(printedTexts(run.config, train.tokenizer, padded(t, train))[0] ?? ""));
  const real = poem(texts.test);
  const verse = quatrainShare(real, 5) + quatrainShare(real, 7) > 0.5;
  const known = [...textMetrics, ...(verse ? quatrainMetrics : [])].map((m) => m.name);
  for (const name of asked ?? [])
    if (!known.includes(name)) throw unknownName("metric", name, known);
  const results: Record<string, TextFigure> = {};
  const judge = <T>(metrics: readonly TextMetric<T>[], judged: Judged<T>) => {
    for (const metric of metrics) {
      if (asked && !asked.includes(metric.name)) continue;
      onProgress?.(metric.name, Object.keys(results).length, known.length);
      results[metric.name] = figureOf(metric, judged);
    }
  };
  judge(textMetrics, texts);
  if (verse) {
    judge(quatrainMetrics, {
      samples: poem(texts.samples),
      train: poem(texts.train),
      validation: poem(texts.validation),
      test: real,
    });
  }
  return results;
}

function figureOf<T>(metric: TextMetric<T>, judged: Judged<T>): TextFigure {
  const { train, test: references } = judged;
  const compute = (samples: readonly T[]) => metric.compute({ samples, references, train });
  const { name, higherIsBetter, protocol, floorFrom } = metric;
  try {
    const { value, details } = compute(judged.samples);
    const floor = compute(judged[floorFrom]).value;
    return { value, floor, samples: judged.samples.length, higherIsBetter, protocol, ...details };
  } catch (error) {
    if (!(error instanceof GansmithError)) throw error;
    throw new GansmithError(error.kind, `${name}: ${error.message}`, { cause: error });
  }
}

/** Sequences [n,T] up to their ends. */
function idTexts(ids: Int32Array, { length }: TextDataset): Text[] {
  return Array.from({ length: ids.length / length }, (_, i) => {
    const all = [...ids.subarray(i * length, (i + 1) * length)];
    const stop = all.indexOf(END);
    return stop < 0 ? all : all.slice(0, stop);
  });
}

function padded(text: Text, { length }: TextDataset): Int32Array {
  const ids = new Int32Array(length).fill(END);
  ids.set(text);
  return ids;
}
