import type { Column, Figures, TableRow } from "../table.ts";
import type { ImageCell } from "./image-cells.ts";
import type { ImageOutcome, TrainedImages } from "./image-run.ts";

/** A run that came to its end, with what it was. */
export interface Finished {
  readonly cell: ImageCell;
  readonly outcome: ImageOutcome;
}

/** One row for each data set and method, in the order of the cells. */
export function rowsOf(
  finished: readonly Finished[],
  columns: readonly Column[],
  named: boolean,
): TableRow[] {
  const groups = new Map<string, Finished[]>();
  for (const one of finished) {
    const key = `${one.cell.data.name} ${one.cell.method.name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.values()].map((group): TableRow => {
    const { method, data } = (group[0] as Finished).cell;
    const bySeed = group.map(({ outcome }) => figuresOf(outcome, columns));
    const failures = group.flatMap(({ cell, outcome }) =>
      "failure" in outcome ? [`seed ${cell.seed} failed: ${firstClause(outcome.failure)}`] : [],
    );
    return {
      method: method.name,
      ...(named && { data: data.name }),
      ours: meanOf(bySeed, columns),
      theirs: method.theirs?.[data.name] ?? {},
      seeds: group.length,
      bySeed,
      note: [method.note, ...failures].filter(Boolean).join("; "),
      failed: failures.length,
    };
  });
  return rows.map((row) => ({ ...row, best: bestColumns(row, rows, columns) }));
}

/** What real images get, by column; the same for every run on one data set. */
export function floorsOf(outcomes: readonly ImageOutcome[], columns: readonly Column[]): Figures {
  const first = outcomes.find((o): o is TrainedImages => !("failure" in o));
  return Object.fromEntries(columns.map(({ key }) => [key, first?.metrics[key]?.floor ?? null]));
}

function figuresOf(outcome: ImageOutcome, columns: readonly Column[]): Figures {
  return Object.fromEntries(
    columns.map(({ key }) => {
      if ("failure" in outcome) return [key, null];
      if (key === "minutes") return [key, outcome.seconds / 60];
      return [key, outcome.metrics[key]?.value ?? null];
    }),
  );
}

/** Over the seeds that came to their end. */
function meanOf(bySeed: readonly Figures[], columns: readonly Column[]): Figures {
  return Object.fromEntries(
    columns.map(({ key }) => {
      const values = bySeed.map((f) => f[key]).filter((x) => typeof x === "number");
      const sum = values.reduce((a, b) => a + b, 0);
      return [key, values.length > 0 ? sum / values.length : null];
    }),
  );
}

/** Columns that no other row of the data set beats; a method that failed even once wins none. */
function bestColumns(
  row: TableRow,
  rows: readonly TableRow[],
  columns: readonly Column[],
): string[] {
  const rivals = rows.filter((r) => r.data === row.data && !r.failed);
  if (!rivals.includes(row) || rivals.length < 2) return [];
  return columns.flatMap(({ key, better }) => {
    const own = row.ours[key];
    if (typeof own !== "number" || better === undefined) return [];
    const others = rivals.map(({ ours }) => ours[key]).filter((x) => typeof x === "number");
    const best = better === "higher" ? Math.max(...others) : Math.min(...others);
    // Where all are alike, nobody has won.
    return own === best && others.some((x) => x !== best) ? [key] : [];
  });
}

/** The reason without the advice that follows it. */
function firstClause(message: string): string {
  return message.split(/[.;] /)[0] as string;
}
