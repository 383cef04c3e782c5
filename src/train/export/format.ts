import type { JsonObject } from "../../util/json.ts";
import type { Run } from "../run.ts";

/** A form in which a run can leave gansmith: one file here and one line in `index.ts`. */
export interface ExportFormat {
  readonly name: string;
  /** One line for lists of formats. */
  readonly summary: string;
  /** The end of the file's name; formats without one write a folder. */
  readonly extension?: string;
  /** Writes to `out` and returns what is worth telling; nothing is left behind when it fails. */
  write(run: Run, out: string): Promise<JsonObject>;
}
