import { writeFileAtomic } from "../../util/node/files.ts";
import { version } from "../../util/version.ts";
import type { RunFolder } from "./run-folder.ts";

/** A figure with what is needed to judge it. */
export interface CardMetric {
  readonly value: number;
  /** What people read in place of the metric's name, such as "FID-like". */
  readonly label?: string | undefined;
  /** Name and version of the network whose features were compared. */
  readonly network?: string | undefined;
  /** The same figure between training and test data: no model is expected to go below it. */
  readonly floor?: number | undefined;
  /** How many samples were judged. */
  readonly samples?: number | undefined;
}

/** What a model card says. */
export interface ModelCard {
  /** One sentence: what the generator makes. */
  readonly summary: string;
  readonly data: {
    readonly name: string;
    readonly images?: number | undefined;
    readonly texts?: number | undefined;
    readonly license?: string | undefined;
    readonly source?: string | undefined;
  };
  /** Recipe values in the order to print, such as `batchSize: 64`. */
  readonly recipe: Readonly<Record<string, string | number | boolean>>;
  readonly metrics: Readonly<Record<string, CardMetric>>;
  readonly seed: number;
  readonly steps: number;
  readonly kimg: number;
  /** Training time without pauses, in seconds. */
  readonly seconds: number;
  /** CPU, cores, memory, backend: what made these figures. */
  readonly machine: Readonly<Record<string, string | number>>;
  /** Versions of what ran, such as `onnxruntime-node: 1.30.0`. */
  readonly versions: Readonly<Record<string, string>>;
  /** The sample picture, relative to the run folder. */
  readonly picture?: string | undefined;
  /** Sample texts. */
  readonly texts?: readonly string[] | undefined;
  /** How to use it: commands, a line each. */
  readonly use: readonly string[];
  /** What the floors are, one sentence. */
  readonly floors: string;
  /** What a user should know before relying on it. */
  readonly notes?: readonly string[] | undefined;
}

/** Writes the run's README.md; an earlier one is replaced. Throws `GansmithError` ("io"). */
export function writeModelCard(run: RunFolder, card: ModelCard): void {
  writeFileAtomic(run.modelCardPath, formatModelCard(run.name, card));
}

/** The card as Markdown. */
export function formatModelCard(name: string, card: ModelCard): string {
  const { data } = card;
  const blocks = [
    `# ${plain(name)}`,
    plain(card.summary),
    card.picture && `![samples](${encodeURI(card.picture)})`,
    card.texts?.length && `## Samples\n\n${quoted(card.texts)}`,
    "## Metrics",
    metricsTable(card),
    "## Data",
    pairs({ ...data }),
    "## Recipe",
    pairs(card.recipe),
    "## Training",
    pairs({
      seed: card.seed,
      steps: card.steps,
      kimg: figure(card.kimg),
      time: `${figure(card.seconds)} s`,
      ...card.machine,
      gansmith: version,
      ...card.versions,
    }),
    card.notes?.length && `## Notes\n\n${card.notes.map((note) => `- ${plain(note)}`).join("\n")}`,
    "## Use",
    `\`\`\`\n${card.use.join("\n")}\n\`\`\``,
  ];
  return `${blocks.filter((block) => block).join("\n\n")}\n`;
}

function metricsTable({ metrics, floors }: ModelCard): string {
  const rows = Object.entries(metrics).map(
    ([name, { value, label = name, floor, samples }]) =>
      `| ${plain(label)} | ${figure(value)} | ${floor === undefined ? "" : figure(floor)} | ${samples ?? ""} |`,
  );
  if (rows.length === 0) return "Not judged.";
  const networks = [...new Set(Object.values(metrics).flatMap((m) => m.network ?? []))];
  return [
    "| metric | value | floor | samples |",
    "|---|---|---|---|",
    ...rows,
    "",
    floors,
    ...networks.map(
      (n) =>
        `Features of the network ${plain(n)}: not comparable with scores on Inception's features.`,
    ),
  ].join("\n");
}

function pairs(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const rows = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `| ${plain(name)} | ${plain(String(value))} |`);
  return ["| | |", "|---|---|", ...rows].join("\n");
}

/** Texts as quotations, their lines kept. */
function quoted(texts: readonly string[]): string {
  return texts
    .map((text) =>
      text
        .split("\n")
        .map((line) => `> ${plain(line)}`)
        .join("\\\n"),
    )
    .join("\n\n");
}

/** Four significant digits, never in exponents that a reader has to decode for common sizes. */
function figure(x: number): string {
  return Math.abs(x) >= 1000 ? x.toFixed(0) : String(Number(x.toPrecision(4)));
}

/** Names and sentences come from users; none may break the table or become a tag. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\|<>`*_[\]]/g, (c) => (c === "<" ? "&lt;" : c === ">" ? "&gt;" : `\\${c}`));
}
