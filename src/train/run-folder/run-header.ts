import { GansmithError, usageError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import { version } from "../../util/version.ts";

/** The version of the run folder's layout; a folder from a newer gansmith is refused. */
const formatVersion = 1;

/** What a run's `config.json` holds. */
export interface RunHeader {
  /** The recipe's name. */
  readonly name: string;
  /** When the run was created, ISO 8601. */
  readonly createdAt: string;
  readonly config: JsonObject;
}

/** The text of `config.json`. */
export function encodeHeader(header: RunHeader): string {
  const { name, createdAt, config } = header;
  const whole = {
    ...{ format: "gansmith-run", formatVersion, gansmith: version },
    ...{ name, createdAt, config },
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/**
 * Reads a `config.json`; messages name the `file` and the run that it is in. Throws a usage error for
 * what gansmith has not written, or a newer one, and an io error for damage.
 */
export function parseHeader(text: string, file: string, run: string): RunHeader {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GansmithError("io", `${file} is damaged: it is not valid JSON.`, { cause: error });
  }
  const found = isObject(json) ? json : {};
  if (found.format !== "gansmith-run" || typeof found.formatVersion !== "number") {
    throw usageError(`${run} is not a run folder: config.json was not written by gansmith.`);
  }
  if (found.formatVersion > formatVersion) {
    throw usageError(
      `${file} has format version ${found.formatVersion}, this gansmith (${version}) reads up to ${formatVersion}; install gansmith ${String(found.gansmith)} or newer.`,
    );
  }
  const { name, createdAt, config } = found;
  if (typeof name !== "string" || typeof createdAt !== "string" || !isObject(config)) {
    throw new GansmithError(
      "io",
      `${file} is damaged: expected a name, a createdAt time and a config object.`,
    );
  }
  return { name, createdAt, config: config as JsonObject };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
