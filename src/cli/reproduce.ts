import { type Command, Option } from "commander";
import type { PublishedTable, TableResult } from "../reproduce/table.ts";
import { addJson, nameList, positiveNumber, wholeNumber } from "./flags.ts";
import { Output, table } from "./output.ts";

interface ReproduceFlags {
  readonly quick?: boolean;
  readonly full?: boolean;
  readonly epochs?: number;
  readonly seeds: number;
  readonly methods?: readonly string[];
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
    .argument("[table]", "such as dirac, ring, grid")
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
    .option("--seeds <n>", "repetitions of every random method", wholeNumber(1), 3)
    .option("--methods <names>", "only these, such as GAN,PacGAN2", nameList)
    .option("--jobs <n>", "runs side by side (default: the physical cores)", wholeNumber(1))
    .option("--out <folder>", "where the report goes", "reproduced");
  return addJson(command).action(async (name: string | undefined, flags: ReproduceFlags) => {
    const output = new Output(flags.json === true);
    const { tableByName, tables } = await import("../reproduce/index.ts");
    if (name === undefined) {
      output.text(table([["table", "what it is"], ...tables.map((t) => [t.name, t.summary])]));
      output.result({ tables: tables.map((t) => ({ name: t.name, summary: t.summary })) });
      return;
    }
    const chosen = tableByName(name);
    const { physicalCores } = await import("../runtime/index.ts");
    const { prepareFolder, writeReport } = await import("../reproduce/write-report.ts");
    const { Progress } = await import("./progress.ts");
    // Hours of work should not end in a folder that cannot be written.
    prepareFolder(flags.out);
    const progress = new Progress({ quiet: chosen.instant === true });
    let shown = "";
    const { quick = false, full = false, epochs, seeds, methods, jobs = physicalCores() } = flags;
    const result = await chosen.run({
      ...{ quick, full, epochs, seeds, methods, jobs },
      onProgress: ({ fraction, message }) => {
        if (message !== shown) progress.message(message);
        shown = message;
        progress.update({ step: Math.round(fraction * 1000), fraction, values: {} });
      },
    });
    progress.end();
    const files = await writeReport(chosen, result, flags.out);
    output.text(tableText(chosen, result));
    output.text(`\nWritten: ${files.join(", ")}`);
    const { picture: _svg, ...figures } = result;
    output.result({ table: chosen.name, source: chosen.source, ...figures, files });
  });
}

/** Ours over theirs, method by method, with what a perfect method would score below. */
function tableText({ columns, source }: PublishedTable, { rows, floors, protocol }: TableResult) {
  const cells = (figures: Readonly<Record<string, number | null>>) =>
    columns.map(({ key, format }) => (figures[key] == null ? "-" : format(figures[key])));
  const lines = rows.flatMap(({ method, ours, theirs, seeds, bySeed, note }) => [
    [method, "ours", ...cells(ours), seeds > 1 ? spread(columns, bySeed) : note],
    ["", "published", ...cells(theirs), seeds > 1 ? note : ""],
  ]);
  const head = ["method", "", ...columns.map((c) => c.title), ""];
  return [
    table([head, ...lines, ["perfect", "", ...cells(floors), ""]]),
    `\nOurs: ${protocol}.`,
    `Published: ${source}.`,
  ].join("\n");
}

function spread(columns: PublishedTable["columns"], bySeed: TableResult["rows"][number]["bySeed"]) {
  const seeds = bySeed.map((figures) =>
    columns.map(({ key, format }) => format(figures[key] as number)).join("/"),
  );
  return `by seed: ${seeds.join("  ")}`;
}
