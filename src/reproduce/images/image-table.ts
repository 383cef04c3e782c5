import { join } from "node:path";
import { openData } from "../../data/index.ts";
import { GansmithError } from "../../util/errors.ts";
import { runJobs, type Work } from "../job-pool.ts";
import {
  type Column,
  choose,
  type PublishedTable,
  cell as say,
  type TableResult,
  type TableRow,
} from "../table.ts";
import {
  cellsOf,
  checkEarlierRuns,
  type ImageCell,
  type ImageData,
  type ImageMethod,
  kimgOf,
} from "./image-cells.ts";
import { type Finished, floorsOf, rowsOf } from "./image-rows.ts";
import { type ImageJob, type ImageOutcome, runImages } from "./image-run.ts";
import { drawSheet, type SheetBlock, type SheetRow } from "./sample-sheet.ts";

export interface ImageTable {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly methods: readonly ImageMethod[];
  readonly data: readonly ImageData[];
  /** Keys are names of metrics; where one does not suit a data set, its cells stay empty. */
  readonly columns: readonly Column[];
  readonly evalSamples: number;
  /** Repetitions by default. */
  readonly seeds?: number;
}

/** Images of each method in the picture. */
const shown = 10;

const minutes: Column = { key: "minutes", title: "minutes", format: (x) => x.toFixed(1) };

const imageWork: Work<ImageJob, ImageOutcome> = {
  thread: new URL("./image-worker.js", import.meta.url),
  run: runImages,
  weight: ({ weight }) => weight,
};

/**
 * Methods x data sets x seeds, each cell one training run in a folder of its own, one CPU thread each.
 * Started again in the same place it reads what is done and goes on with what is not; a run that
 * fails is a row that says so.
 */
export function imageTable(table: ImageTable): PublishedTable {
  const { name, summary, source, evalSamples } = table;
  const columns = [...table.columns, minutes];
  const several = table.data.length > 1;
  return {
    ...{ name, summary, source, columns, length: "kimg" },
    methods: table.methods.map((m) => m.name),
    ...(several && { data: table.data.map((d) => d.name) }),
    ...(table.seeds !== undefined && { seeds: table.seeds }),
    run: async (options) => {
      const { quick, full, kimg, seeds, jobs, out = "reproduced", onProgress } = options;
      const methods = choose("method", table.methods, options.methods);
      const data = choose("data set", table.data, options.data);
      const budget = { quick, full, kimg };
      // A smoke run never stands in the way of the real one.
      const folder = join(out, `${name}${quick ? "-quick" : ""}-runs`);
      const plan = { columns: table.columns, methods, data, seeds, budget, evalSamples, shown };
      const cells = cellsOf({ table: name, folder, ...plan });
      checkEarlierRuns(cells);
      let message = announce(cells, folder, jobs, quick);
      const outcomes = await runJobs(
        imageWork,
        cells.map((cell) => cell.job),
        jobs,
        {
          onProgress: (fraction) => onProgress?.({ fraction, message }),
          onDone: (at, outcome) => {
            message = sayDone(cells[at] as ImageCell, outcome, table.columns);
          },
        },
      );
      onProgress?.({ fraction: 1, message });
      throwIfAllFailed(outcomes);
      const finished = cells.map((cell, i): Finished => {
        return { cell, outcome: outcomes[i] as ImageOutcome };
      });
      const rows = rowsOf(inOrder(finished, data, methods), columns, several);
      const byData = data.map((d) => {
        const own = finished.filter(({ cell }) => cell.data === d).map((f) => f.outcome);
        return [d.name, floorsOf(own, columns)] as const;
      });
      const length = quick ? "a smoke run of a few steps" : lengthOf(data, budget);
      return {
        rows,
        floors: several ? {} : (byData[0]?.[1] ?? {}),
        ...(several && { floorsByData: Object.fromEntries(byData) }),
        protocol: `${length}; one CPU thread a run, ${quick ? "few" : evalSamples.toLocaleString("en")} samples; seeds 1 to ${seeds}; runs in ${folder}`,
        picture: await picture(finished, data, rows, table.columns),
        showsImages: true,
      } satisfies TableResult;
    },
  };
}

/** What is about to happen, and how long it may take. */
function announce(
  cells: readonly ImageCell[],
  folder: string,
  jobs: number,
  quick: boolean,
): string {
  const work = cells.reduce((sum, { job }) => sum + job.weight, 0);
  const hours = work / 60 / Math.min(jobs, cells.length);
  const time = quick ? "a smoke run" : `about ${hours.toFixed(1)} h with ${jobs} side by side`;
  return `${cells.length} runs in ${folder}, ${time}; stopped and started again, it goes on where it was`;
}

function sayDone(
  { method, data, seed }: ImageCell,
  outcome: ImageOutcome,
  columns: readonly Column[],
) {
  const what = `${data.name}, ${method.name}, seed ${seed}`;
  if ("failure" in outcome) return `${what}: ${outcome.failure}`;
  const figures = columns.flatMap((column) => {
    const found = outcome.metrics[column.key];
    return found ? [`${column.title} ${say(column, found.value)}`] : [];
  });
  return `${what}: ${figures.join(", ") || "done"}`;
}

function throwIfAllFailed(outcomes: readonly ImageOutcome[]): void {
  const failures = outcomes.flatMap((o) => ("failure" in o ? [o.failure] : []));
  if (failures.length < outcomes.length) return;
  throw new GansmithError("runtime", `every run failed; the first: ${failures[0]}`);
}

/** By data set, method, seed: the order of the report. */
function inOrder(
  finished: readonly Finished[],
  data: readonly ImageData[],
  methods: readonly ImageMethod[],
): readonly Finished[] {
  const place = ({ cell }: Finished) =>
    data.indexOf(cell.data) * methods.length + methods.indexOf(cell.method);
  return finished.toSorted((a, b) => place(a) - place(b));
}

function lengthOf(data: readonly ImageData[], budget: Parameters<typeof kimgOf>[1]): string {
  const each = data.map((d) => ({ name: d.name, kimg: kimgOf(d, budget) }));
  const alike = each.every(({ kimg }) => kimg === each[0]?.kimg);
  const says = alike
    ? `${each[0]?.kimg} kimg of real images`
    : `kimg of real images: ${each.map(({ name, kimg }) => `${name} ${kimg}`).join(", ")}`;
  return `${says} a run`;
}

/** Samples of the first seed, method by method, below real images. */
async function picture(
  finished: readonly Finished[],
  data: readonly ImageData[],
  rows: readonly TableRow[],
  columns: readonly Column[],
): Promise<string> {
  const blocks: SheetBlock[] = [];
  for (const d of data) {
    const own = finished.filter(({ cell }) => cell.data === d && cell.seed === 1);
    const lines = own.map(({ cell, outcome }): SheetRow => {
      const title = cell.method.name;
      if ("failure" in outcome) return { title, subtitle: outcome.failure.split(/[.;] /)[0] ?? "" };
      const row = rows.find((r) => r.method === title && (r.data ?? d.name) === d.name);
      const figures = columns.slice(0, 2).flatMap((column) => {
        const x = row?.ours[column.key];
        return x == null ? [] : [`${column.title} ${say(column, x)}`];
      });
      return { title, subtitle: figures.join(", "), images: outcome };
    });
    blocks.push({ title: d.name, rows: [await realRow(d), ...lines] });
  }
  return drawSheet(blocks, shown);
}

/** Real images that no run has seen, one of each class in turn where there are classes. */
async function realRow({ spec, judgedBy = spec, base }: ImageData): Promise<SheetRow> {
  const { size, channels } = base;
  const test = await openData(judgedBy, { size, channels, split: "test" });
  try {
    const kinds = Math.max(1, test.classes.length);
    const indices: number[] = [];
    for (let i = 0; indices.length < Math.min(shown, kinds) && i < test.count; i++) {
      if (kinds === 1 || test.labelOf(i) === indices.length) indices.push(i);
    }
    for (let i = 0; indices.length < Math.min(shown, test.count); i++) indices.push(i);
    const samples = new Float32Array(indices.length * test.channels * test.size ** 2);
    test.read(indices, samples);
    return { title: "real images", subtitle: "held out", images: { ...imageOf(test), samples } };
  } finally {
    test.close();
  }
}

function imageOf({ channels, size }: { readonly channels: number; readonly size: number }) {
  return { channels, size };
}
