import { type Command, Option } from "commander";
import type { Figures, PublishedTable, TableResult, TableRow } from "../reproduce/table.ts";
import { usageError } from "../util/errors.ts";
import { addJson, nameList, positiveNumber, wholeNumber } from "./flags.ts";
import { Output, table } from "./output.ts";

interface ReproduceFlags {
  readonly quick?: boolean;
  readonly full?: boolean;
  readonly epochs?: number;
  readonly kimg?: number;
  readonly seeds?: number;
  readonly methods?: readonly string[];
  readonly data?: readonly string[];
  readonly oracle?: string;
  readonly samples?: number;
  readonly jobs?: number;
  readonly out: string;
  readonly json?: boolean;
}

/** `gansmith reproduce <table>` */
export function addReproduce(program: Command): Command {
  const command = program
    .command("reproduce")
    .summary("a published table, ours beside theirs")
    .description(
      "Runs a published table again under its protocol and prints both. Without a name, lists the " +
        "tables. Writes <table>.json, .csv and .png into --out.",
    )
    .argument("[table]", "such as dirac, grid, stacked-mnist")
    .option("--quick", "a smoke run that proves nothing")
    .addOption(
      new Option("--full", "the whole published protocol, however long it takes").conflicts(
        "quick",
      ),
    )
    .addOption(
      new Option("--epochs <n>", "passes over the training data (default: the table's own)")
        .argParser(positiveNumber)
        .conflicts(["quick", "full"]),
    )
    .addOption(
      new Option("--kimg <k>", "thousand real images a run, for tables that train on images")
        .argParser(positiveNumber)
        .conflicts(["quick", "full"]),
    )
    .option("--seeds <n>", "repetitions of every random method (default: mostly 3)", wholeNumber(1))
    .option("--methods <names>", "only these, such as GAN,PacGAN2", nameList)
    .option("--data <names>", "only these, in tables with several data sets", nameList)
    .option("--oracle <file>", "a .safetensors file in place of a drawn oracle, for that table")
    .option("--samples <n>", "texts of each method to read, for tables of text", wholeNumber(1))
    .option("--jobs <n>", "runs side by side (default: the physical cores)", wholeNumber(1))
    .option(
      "--out <folder>",
      "where the report and the runs of tables that can be resumed go",
      "reproduced",
    );
  return addJson(command).action(async (name: string | undefined, flags: ReproduceFlags) => {
    const output = new Output(flags.json === true);
    const { tableByName, tables } = await import("../reproduce/index.ts");
    if (name === undefined) {
      output.text(table([["table", "what it is"], ...tables.map((t) => [t.name, t.summary])]));
      output.result({ tables: tables.map((t) => ({ name: t.name, summary: t.summary })) });
      return;
    }
    const chosen = tableByName(name);
    checkFlags(chosen, flags);
    const { physicalCores } = await import("../runtime/index.ts");
    const { cell } = await import("../reproduce/table.ts");
    const { prepareFolder, writeReport } = await import("../reproduce/write-report.ts");
    const { Progress } = await import("./progress.ts");
    // Hours of work should not end in a folder that cannot be written.
    prepareFolder(flags.out);
    const progress = new Progress({ quiet: chosen.instant === true });
    let shown = "";
    const { quick = false, full = false, jobs = physicalCores() } = flags;
    const { epochs, kimg, seeds = chosen.seeds ?? 3, methods, data, oracle, samples, out } = flags;
    const result = await chosen.run({
      ...{ quick, full, epochs, kimg, seeds, methods, data, oracle, samples, out, jobs },
      onProgress: ({ fraction, message }) => {
        if (message !== shown) progress.message(message);
        shown = message;
        progress.update({ step: Math.round(fraction * 1000), fraction, values: {} });
      },
    });
    progress.end();
    const files = await writeReport(chosen, result, flags.out);
    output.text(tableText(chosen, result, cell));
    output.text(`\nWritten: ${files.join(", ")}`);
    const { picture: _svg, showsImages: _too, documents: _read, ...figures } = result;
    output.result({ table: chosen.name, source: chosen.source, ...figures, files });
  });
}

/** Throws a usage error for a flag that this table cannot follow. */
function checkFlags(
  { name, length, data, showsTexts }: PublishedTable,
  flags: ReproduceFlags,
): void {
  for (const flag of ["epochs", "kimg"] as const) {
    if (flags[flag] === undefined || length === flag) continue;
    const hint = length === undefined ? "has no length to choose" : `takes --${length}`;
    throw usageError(`table "${name}" ${hint}, received --${flag}.`);
  }
  if (flags.oracle !== undefined && name !== "oracle") {
    throw usageError(`table "${name}" has no oracle, received --oracle.`);
  }
  if (flags.samples !== undefined && !showsTexts) {
    throw usageError(`table "${name}" shows no texts, received --samples.`);
  }
  if (flags.data && !data) throw usageError(`table "${name}" has one data set, received --data.`);
}

/** A table for each data set, then what was run. */
function tableText(
  { columns, source, words = { ours: "ours", theirs: "published" } }: PublishedTable,
  result: TableResult,
  cell: typeof import("../reproduce/table.ts").cell,
): string {
  const { rows, floors, floorsByData, protocol } = result;
  const parts = [...new Set(rows.map((row) => row.data))].map((data) => {
    const own = rows.filter((row) => row.data === data);
    const perfect = (data === undefined ? undefined : floorsByData?.[data]) ?? floors;
    return `${data === undefined ? "" : `${data}\n`}${rowsText({ columns, words, cell }, own, perfect)}`;
  });
  if (rows.some(({ best }) => best && best.length > 0)) parts.push("* the best of its column.");
  const said = `${capital(words.ours)}: ${protocol}.\n${capital(words.theirs)}: ${source}.`;
  return [...parts, said].join("\n\n");
}

/** Ours over theirs, method by method, with what a perfect method would score below. */
function rowsText(
  how: {
    readonly columns: PublishedTable["columns"];
    readonly words: NonNullable<PublishedTable["words"]>;
    readonly cell: typeof import("../reproduce/table.ts").cell;
  },
  rows: readonly TableRow[],
  perfect: Figures,
): string {
  const { columns, words, cell } = how;
  const cells = (figures: Figures, best: readonly string[] = []) =>
    columns.map((c) => `${cell(c, figures[c.key])}${best.includes(c.key) ? "*" : ""}`);
  const spread = (bySeed: readonly Figures[]) =>
    `by seed: ${bySeed.map((figures) => cells(figures).join("/")).join("  ")}`;
  const lines = rows.flatMap(({ method, ours, theirs, best, seeds, bySeed, note }) => {
    const end = seeds > 1 ? spread(bySeed) : note;
    const own = [method, words.ours, ...cells(ours, best), end];
    const said = seeds > 1 ? note : "";
    if (columns.every(({ key }) => theirs[key] == null) && said === "") return [own];
    return [own, ["", words.theirs, ...cells(theirs), said]];
  });
  const head = ["method", "", ...columns.map((c) => c.title), ""];
  const last = Object.keys(perfect).length > 0 ? [["perfect", "", ...cells(perfect), ""]] : [];
  return table([head, ...lines, ...last]);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
