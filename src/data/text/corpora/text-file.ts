import { extname } from "node:path";
import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { GansmithError } from "../../../util/errors.ts";
import { cleanDocument, readText } from "../read-text.ts";
import { corpus } from "./corpus.ts";

interface Place {
  readonly text: string;
  readonly where: string;
}

/** Any file of texts: `.txt`, `.jsonl` or `.csv`, UTF-8. */
export const textFile = corpus({
  name: "file",
  summary: "a .txt (a line or a paragraph each), .jsonl or .csv file",
  schema: z.strictObject({
    path: z.string().min(1),
    /** `.txt`: one document a line, or paragraphs parted by empty lines. */
    documents: z.enum(["lines", "paragraphs"]).default("lines"),
    /** `.jsonl`: the key, `.csv`: the column that holds the text. */
    field: z.string().min(1).default("text"),
  }),
  paths: ["path"],
  tokenizer: { kind: "byte-pair" },
  async read({ path, documents, field }) {
    const extension = extname(path).toLowerCase();
    const { text, hash } = await readText(path);
    let places: Place[];
    if (extension === ".txt") places = plain(text, path, documents);
    else if (extension === ".jsonl") places = jsonLines(text, path, field);
    else if (extension === ".csv") places = table(text, path, field);
    else {
      throw new GansmithError(
        "data",
        `${path} ends in "${extension}", expected a .txt, .jsonl or .csv file.`,
      );
    }
    const texts = places.map((p) => cleanDocument(p.text, p.where));
    return { texts, hashes: [hash], where: path };
  },
});

function plain(text: string, path: string, documents: "lines" | "paragraphs"): Place[] {
  const parts = text.split(documents === "lines" ? "\n" : /\n[^\S\n]*\n\s*/);
  const what = documents === "lines" ? "line" : "paragraph";
  return parts.map((part, i) => ({ text: part, where: `${path} ${what} ${i + 1}` }));
}

function jsonLines(text: string, path: string, field: string): Place[] {
  const places: Place[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path} line ${i + 1}`;
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      throw new GansmithError("data", `${where} is not JSON, expected one object a line.`);
    }
    places.push({ text: fieldOf(json, field, where), where });
  }
  return places;
}

function fieldOf(json: unknown, field: string, where: string): string {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new GansmithError(
      "data",
      `${where} is not a JSON object, expected { "${field}": text }.`,
    );
  }
  const value = Object.hasOwn(json, field) ? (json as Record<string, unknown>)[field] : undefined;
  if (typeof value === "string") return value;
  const received = value === undefined ? "nothing" : value === null ? "null" : typeof value;
  throw new GansmithError(
    "data",
    `${where}: "${field}" must be text, received ${received}; name another key with data.field.`,
  );
}

function table(text: string, path: string, field: string): Place[] {
  let rows: string[][];
  try {
    rows = parse(text, { skip_empty_lines: true }) as string[][];
  } catch (error) {
    const why = error instanceof CsvError ? error.message.split("\n")[0] : String(error);
    throw new GansmithError("data", `${path} is not CSV: ${why?.replace(/\.$/, "")}.`, {
      cause: error,
    });
  }
  const [head = [], ...body] = rows;
  const column = head.indexOf(field);
  if (column >= 0 && column === head.lastIndexOf(field)) {
    return body.map((row, i) => ({ text: row[column] ?? "", where: `${path} row ${i + 2}` }));
  }
  throw new GansmithError(
    "data",
    `${path} has ${column < 0 ? "no" : "more than one"} column "${field}", its columns are ${head.join(", ").slice(0, 200) || "none"}; name one with data.field.`,
  );
}
