import type { JsonObject } from "../util/json.ts";

/** A line of `--json`; the last one of a command that worked has type "result". */
export interface OutputLine {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * Where a command's words go. Results are on stdout: as text, or as one JSON object a line with
 * `--json`. What only keeps a person company is on stderr.
 */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** A line of text for people; nothing with `--json`. */
  text(line = ""): void {
    if (!this.json) process.stdout.write(`${line}\n`);
  }

  /** A JSON line; nothing without `--json`. */
  line(line: OutputLine): void {
    if (this.json) process.stdout.write(`${JSON.stringify(line)}\n`);
  }

  /** The last line of `--json`. */
  result(fields: JsonObject | Readonly<Record<string, unknown>>): void {
    this.line({ type: "result", ...fields });
  }

  /** A line on stderr, whatever the mode. */
  note(line: string): void {
    process.stderr.write(`${line}\n`);
  }
}

/** Rows as columns that stand below each other; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((r) => (r[i] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Four significant digits without exponents for common sizes. */
export function figure(x: number): string {
  return Math.abs(x) >= 1000 ? x.toFixed(0) : String(Number(x.toPrecision(4)));
}
