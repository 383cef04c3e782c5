import { unknownName } from "../util/errors.ts";

/** How much of a table's protocol is run. */
export interface ReproduceOptions {
  /** A smoke run: shows that everything works, proves nothing. */
  readonly quick: boolean;
  /** The whole protocol, however long it takes. */
  readonly full: boolean;
  /** Passes over the training data, for tables that train; replaces a table's own default. */
  readonly epochs?: number | undefined;
  /** Independent repetitions, for tables with random ones. */
  readonly seeds: number;
  /** Only these methods; all by default. */
  readonly methods?: readonly string[] | undefined;
  /** Runs side by side, one CPU thread each. */
  readonly jobs: number;
  readonly onProgress?: ((progress: ReproduceProgress) => void) | undefined;
}

export interface ReproduceProgress {
  /** Share of the whole table that is done, 0 to 1. */
  readonly fraction: number;
  readonly message: string;
}

/** Figures of one method by column; null where none was published. */
export type Figures = Readonly<Record<string, number | null>>;

export interface TableRow {
  readonly method: string;
  /** Means over the seeds. */
  readonly ours: Figures;
  readonly theirs: Figures;
  readonly seeds: number;
  /** What each seed gave, in order. */
  readonly bySeed: readonly Figures[];
  readonly note: string;
}

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly format: (x: number) => string;
}

export interface TableResult {
  readonly rows: readonly TableRow[];
  /** What a perfect method would score, by column. */
  readonly floors: Figures;
  /** What was run, in one line. */
  readonly protocol: string;
  /** A picture of it, SVG. */
  readonly picture: string;
}

/** A published table that can be run again beside its own figures. */
export interface PublishedTable {
  readonly name: string;
  readonly summary: string;
  /** Where the published figures stand. */
  readonly source: string;
  readonly columns: readonly Column[];
  /** Names of the methods, in order. */
  readonly methods: readonly string[];
  /** Done within seconds. */
  readonly instant?: boolean;
  run(options: ReproduceOptions): Promise<TableResult>;
}

/** The wanted methods, all by default. Throws a usage error for an unknown name. */
export function chooseMethods<Method extends { readonly name: string }>(
  methods: readonly Method[],
  wanted: readonly string[] | undefined,
): readonly Method[] {
  const known = methods.map((m) => m.name);
  for (const name of wanted ?? []) {
    if (!known.includes(name)) throw unknownName("method", name, known);
  }
  return methods.filter((m) => !wanted || wanted.includes(m.name));
}
