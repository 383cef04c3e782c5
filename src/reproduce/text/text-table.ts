import { join } from "node:path";
import { checkTextConfig } from "../../recipes/text/index.ts";
import { sweepTemperatures, type TextSweepPoint } from "../../train/text/evaluate-text.ts";
import { floorOf, numberOf, tradeOffPlots } from "../../train/text/record-text.ts";
import { type CurvePlot, drawPlots } from "../../util/curves.ts";
import { courseWeight, meanFigures, shortened, withPasses } from "../courses.ts";
import { runJobs, type Work } from "../job-pool.ts";
import {
  type Column,
  choose,
  type Figures,
  type PublishedTable,
  type ReproduceOptions,
  slug,
  type TableRow,
} from "../table.ts";
import { type KeptText, keptText, type TextOutcome } from "./text-job.ts";
import {
  type TextCorpus,
  type TextMethod,
  textCorpora,
  textGeneratorOptions,
  textMethods,
} from "./text-methods.ts";

const textWork: Work<KeptText, TextOutcome> = {
  thread: new URL("./text-worker.js", import.meta.url),
  run: keptText,
  weight: ({ weight }) => weight,
};

/** Judging costs about as much as so many passes. */
const judgingWeight = 12;

const decimals = (digits: number) => (x: number) => x.toFixed(digits);

/** What is measured: a metric's value or one of its details, by column. */
const measured: Readonly<Record<string, readonly [metric: string, detail?: string]>> = {
  bleu3: ["bleu", "bleu3"],
  selfBleu3: ["self-bleu", "selfBleu3"],
  lm: ["lm"],
  reverseLm: ["reverse-lm"],
};

const columns: readonly Column[] = [
  { key: "temperature", title: "T", format: String },
  { key: "bleu3", title: "BLEU-3", format: decimals(3) },
  { key: "selfBleu3", title: "Self-BLEU-3", format: decimals(3) },
  { key: "lm", title: "LM", format: decimals(3) },
  { key: "reverseLm", title: "reverse LM", format: decimals(3) },
  { key: "excess", title: "S", format: decimals(3), better: "lower" },
];

interface Cell {
  readonly corpus: TextCorpus;
  readonly method: TextMethod;
}

/** Real texts, judged over temperatures (arXiv 1811.02549). */
export const text: PublishedTable = {
  name: "text",
  summary: "text: Brown and Chinese quatrains; BLEU, Self-BLEU, LM, reverse LM over temperatures",
  source: "none of these corpora; the way of judging is that of arXiv 1811.02549",
  columns,
  methods: textMethods.map((m) => m.name),
  data: textCorpora.map((c) => c.name),
  length: "epochs",
  showsTexts: true,
  run: async (options) => {
    const { quick, seeds, methods, data, samples = 20, jobs, onProgress } = options;
    const corpora = choose("data set", textCorpora, data);
    const chosen = choose("method", textMethods, methods);
    const cells = corpora.flatMap((corpus) => chosen.map((method) => ({ corpus, method })));
    const temperatures = quick ? [1] : sweepTemperatures;
    const folder = join(options.out ?? "reproduced", `text${quick ? "-quick" : ""}-runs`);
    const work = cells.flatMap((cell) =>
      Array.from({ length: seeds }, (_, i) =>
        workOf(cell, i + 1, { ...options, folder, temperatures, samples }),
      ),
    );
    const message = `${cells.length} generators x ${seeds} seeds, each judged at ${temperatures.length} temperatures`;
    const outcomes = await runJobs(textWork, work, jobs, {
      onProgress: (fraction) => onProgress?.({ fraction, message }),
    });
    const of = (cell: Cell) => {
      const at = cells.indexOf(cell) * seeds;
      return outcomes.slice(at, at + seeds);
    };
    const byCorpus = corpora.map((corpus) => {
      const own = cells.filter((cell) => cell.corpus === corpus);
      return { corpus, own, floors: floorsOf(own.flatMap(of)) };
    });
    const { learned, judged } = sizes(quick);
    return {
      rows: byCorpus.flatMap(({ own }) =>
        withBest(own.flatMap((cell) => temperatures.map((_, i) => row(cell, of(cell), i)))),
      ),
      floors: {},
      floorsByData: Object.fromEntries(byCorpus.map(({ corpus, floors }) => [corpus.name, floors])),
      protocol: `one LSTM for all, ${learned} texts to learn from; BLEU of ${judged} texts, LM of as many, reverse LM of 2,000; S = LM + reverse LM, less both of real texts; seeds 1 to ${seeds}; what is made is kept in ${folder}`,
      picture: drawPlots(
        byCorpus.flatMap(({ corpus, own }) => plotsOf(corpus, own, of)),
        2,
      ),
      documents: { "samples.md": samplesText(byCorpus, of, samples) },
    };
  },
};

/** How much a run learns and is judged by. */
function sizes(quick: boolean) {
  return quick
    ? { learned: 100, judged: 30, judgeTexts: 100 }
    : { learned: 10_000, judged: 500, judgeTexts: 10_000 };
}

function workOf(
  { corpus, method }: Cell,
  seed: number,
  options: Pick<ReproduceOptions, "quick" | "epochs"> & {
    readonly folder: string;
    readonly temperatures: readonly number[];
    readonly samples: number;
  },
): KeptText {
  const { quick, epochs, folder, temperatures, samples } = options;
  const { learned, ...judging } = sizes(quick);
  const { data, ...rest } = corpus.config;
  const stages = quick ? shortened(method.stages, method.quick) : withPasses(method.stages, epochs);
  const config = checkTextConfig({
    ...{ kind: "text", recipe: slug(method.name), ...rest, seed, stages, threads: 1 },
    // The table judges.
    metrics: [],
    ...{ data: { ...data, limit: learned }, generator: textGeneratorOptions },
  });
  const metrics = Object.values(measured).map(([metric]) => metric);
  const job = { config, temperatures, metrics, ...judging, shown: samples };
  const name = `${corpus.name}-${slug(method.name)}-seed${seed}`;
  return { job, folder, name, weight: courseWeight(stages) + judgingWeight };
}

/** A method at one temperature. */
function row({ corpus, method }: Cell, outcomes: readonly TextOutcome[], at: number): TableRow {
  const bySeed = outcomes.map(({ sweep }) => figures(sweep[at] as TextSweepPoint));
  return {
    ...{ method: method.name, data: corpus.name, theirs: {}, seeds: outcomes.length, bySeed },
    ours: meanFigures(columns, bySeed),
    note: at === 0 ? method.note : "",
  };
}

function figures({ temperature, metrics }: TextSweepPoint): Figures {
  const found = Object.entries(measured).map(
    ([key, [metric, detail]]) => [key, numberOf(metrics[metric], detail)] as const,
  );
  const excess = ["lm", "reverse-lm"].reduce(
    (sum, name) => sum + numberOf(metrics[name]) - floorOf(metrics[name]),
    0,
  );
  return { temperature, ...Object.fromEntries(found), excess };
}

/** What real texts get, the mean over all runs: their judges differ by seed. */
function floorsOf(outcomes: readonly TextOutcome[]): Figures {
  const all = outcomes.map(({ sweep }) => (sweep[0] as TextSweepPoint).metrics);
  const mean = ([metric, detail]: readonly [string, string?]) =>
    all.reduce((sum, metrics) => sum + floorOf(metrics[metric], detail), 0) / all.length;
  const found = Object.entries(measured).map(([key, what]) => [key, mean(what)] as const);
  return { temperature: null, ...Object.fromEntries(found), excess: 0 };
}

/** Marks the least S of a corpus. */
function withBest(rows: readonly TableRow[]): TableRow[] {
  const least = Math.min(...rows.map(({ ours }) => Number(ours.excess)));
  return rows.map((r) => (r.ours.excess === least ? { ...r, best: ["excess"] } : r));
}

/** A corpus, seed 1. */
function plotsOf(
  { name }: TextCorpus,
  cells: readonly Cell[],
  of: (cell: Cell) => readonly TextOutcome[],
): CurvePlot[] {
  const sweeps = cells.map((cell) => {
    return { label: cell.method.name, sweep: (of(cell)[0] as TextOutcome).sweep };
  });
  return tradeOffPlots(name, sweeps);
}

/** Texts of each method to read, beside real ones: seed 1, T = 1, the first that were drawn. */
function samplesText(
  byCorpus: readonly { readonly corpus: TextCorpus; readonly own: readonly Cell[] }[],
  of: (cell: Cell) => readonly TextOutcome[],
  count: number,
): string {
  const list = (title: string, texts: readonly string[]) =>
    `### ${title}\n\n${texts.map((t, i) => `${i + 1}. ${t.replaceAll("\n", "")}`).join("\n")}\n`;
  const parts = byCorpus.map(({ corpus, own }) => {
    const first = (cell: Cell) => of(cell)[0] as TextOutcome;
    const real = list("real texts", own[0] ? first(own[0]).real : []);
    const written = own.map((cell) => list(cell.method.name, first(cell).samples));
    return `## ${corpus.name}\n\n${[real, ...written].join("\n")}`;
  });
  return `# ${count} texts of each method, seed 1, T = 1, none picked\n\n${parts.join("\n")}`;
}
