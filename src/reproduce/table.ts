import { unknownName } from "../util/errors.ts";

/** How much of a table's protocol is run. */
export interface ReproduceOptions {
  /** A smoke run: shows that everything works, proves nothing. */
  readonly quick: boolean;
  /** The whole protocol, however long it takes. */
  readonly full: boolean;
  /** Passes over the training data, for tables that train; replaces a table's own default. */
  readonly epochs?: number | undefined;
  /** Thousands of real images for each run, for tables whose length that is. */
  readonly kimg?: number | undefined;
  /** Independent repetitions, for tables with random ones. */
  readonly seeds: number;
  /** Only these methods; all by default. */
  readonly methods?: readonly string[] | undefined;
  /** Only these data sets, for tables with several; all by default. */
  readonly data?: readonly string[] | undefined;
  /** A .safetensors file in place of an oracle drawn from a seed, for the table that has one. */
  readonly oracle?: string | undefined;
  /** Texts of each method to read, for tables of text. */
  readonly samples?: number | undefined;
  /** Where runs are kept that another start can go on with; default `reproduced`. */
  readonly out?: string | undefined;
  /** Runs side by side, one CPU thread each. */
  readonly jobs: number;
  readonly onProgress?: ((progress: ReproduceProgress) => void) | undefined;
}

export interface ReproduceProgress {
  /** Share of the whole table that is done, 0 to 1. */
  readonly fraction: number;
  readonly message: string;
}

/** Figures, or words, of one method by column; null where there is none. */
export type Figures = Readonly<Record<string, number | string | null>>;

export interface TableRow {
  readonly method: string;
  /** Which data set, in tables with several. */
  readonly data?: string;
  /** Means over the seeds; over those that came to their end where some failed. */
  readonly ours: Figures;
  readonly theirs: Figures;
  readonly seeds: number;
  /** What each seed gave, in order. */
  readonly bySeed: readonly Figures[];
  readonly note: string;
  /** How many seeds did not come to their end. */
  readonly failed?: number;
  /** Columns in which no other method on the same data is better. */
  readonly best?: readonly string[];
}

export interface Column {
  readonly key: string;
  readonly title: string;
  /** How a number is written. */
  readonly format?: (x: number) => string;
  /** Which way is up, where a winner is marked. */
  readonly better?: "higher" | "lower";
}

/** A figure as text; "-" where there is none. */
export function cell({ format }: Column, x: number | string | null | undefined): string {
  if (x === null || x === undefined) return "-";
  return typeof x === "number" && format ? format(x) : String(x);
}

export interface TableResult {
  readonly rows: readonly TableRow[];
  /** What a perfect method would score, by column. */
  readonly floors: Figures;
  /** The same by data set, in tables with several. */
  readonly floorsByData?: Readonly<Record<string, Figures>>;
  /** What was run, in one line. */
  readonly protocol: string;
  /** A picture of it, SVG. */
  readonly picture: string;
  /** The picture shows images, which need all colours. */
  readonly showsImages?: boolean;
  /** What else there is to read, by the end of a file's name, such as `samples.md`. */
  readonly documents?: Readonly<Record<string, string>>;
}

/** A published table that can be run again beside its own figures. */
export interface PublishedTable {
  readonly name: string;
  readonly summary: string;
  /** Where the published figures stand. */
  readonly source: string;
  readonly columns: readonly Column[];
  /** What the two lines of a method are called; default "ours" and "published". */
  readonly words?: { readonly ours: string; readonly theirs: string };
  /** Names of the methods, in order. */
  readonly methods: readonly string[];
  /** Names of the data sets, in order, where there are several. */
  readonly data?: readonly string[];
  /** What the length of a run is given in, where it can be. */
  readonly length?: "epochs" | "kimg";
  /** Repetitions by default; 3 unless it says otherwise. */
  readonly seeds?: number;
  /** Writes texts of each method to read. */
  readonly showsTexts?: true;
  /** Done within seconds. */
  readonly instant?: boolean;
  run(options: ReproduceOptions): Promise<TableResult>;
}

/** The wanted ones, all by default. Throws a usage error for an unknown name. */
export function choose<Named extends { readonly name: string }>(
  what: "method" | "data set",
  all: readonly Named[],
  wanted: readonly string[] | undefined,
): readonly Named[] {
  const known = all.map((x) => x.name);
  for (const name of wanted ?? []) {
    if (!known.includes(name)) throw unknownName(what, name, known);
  }
  return all.filter((x) => !wanted || wanted.includes(x.name));
}

/** `GAN + R1` as part of a path: `gan-r1`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
