import { z } from "zod";
import { nearestName, usageError } from "../util/errors.ts";

/** How many faults one sentence names. */
const shown = 3;

/**
 * The first issues of a failed check as one sentence without its full stop: which key, what was
 * expected, what was received.
 */
export function describeIssues(error: z.ZodError, schema: z.ZodType, value: unknown): string {
  return error.issues
    .slice(0, shown)
    .map((issue) => describe(issue, schema, value))
    .join("; ");
}

/** Checks a whole configuration; throws a usage error that names the values that do not fit. */
export function checkedConfiguration<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw usageError(`configuration: ${describeIssues(parsed.error, schema, value)}.`);
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, whole: unknown): string {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    // Options of a named part are checked by another schema, which tells its keys.
    const { knownKeys = keysAt(schema, path) } = issue as { readonly knownKeys?: string[] };
    return unknownKeys(issue.keys, path, knownKeys);
  }
  const received = valueAt(whole, path);
  const name = path.join(".") || "it";
  if (received === undefined && issue.code === "invalid_type") {
    return `${name} is missing, expected ${article(issue.expected)}`;
  }
  const got = `received ${JSON.stringify(received)}`;
  return `${name} must be ${expectation(issue) ?? plain(issue.message)}, ${got}`;
}

function expectation(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return article(issue.expected);
    case "too_small":
      return `${issue.inclusive === false ? ">" : ">="} ${issue.minimum}${unit(issue.origin)}`;
    case "too_big":
      return `${issue.inclusive === false ? "<" : "<="} ${issue.maximum}${unit(issue.origin)}`;
    case "invalid_value":
      return issue.values.map((v) => JSON.stringify(v)).join(" or ");
    case "invalid_union": {
      const each = issue.errors.map((issues) => issues[0] && expectation(issues[0]));
      const known = [...new Set(each.filter((text) => text !== undefined))];
      return known.length > 0 ? known.join(" or ") : undefined;
    }
    default:
      return undefined;
  }
}

function article(type: string): string {
  if (type === "int") return "a whole number";
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function unit(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
}

function plain(message: string): string {
  return message.replace(/^Invalid input: /, "").replace(/^expected /, "");
}

function unknownKeys(
  keys: readonly string[],
  path: readonly string[],
  known: readonly string[],
): string {
  const prefix = path.map((part) => `${part}.`).join("");
  return keys
    .map((key) => {
      const near = nearestName(key, known);
      const hint =
        near === undefined ? `known: ${known.join(", ")}` : `did you mean "${prefix}${near}"?`;
      return `unknown key "${prefix}${key}" (${hint})`;
    })
    .join("; ");
}

function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  let at: unknown = schema;
  for (const part of path) at = at instanceof z.ZodObject ? at.shape[part] : undefined;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap();
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const part of path) at = (at as Record<string, unknown> | undefined | null)?.[part];
  return at;
}
