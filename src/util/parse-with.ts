import type { z } from "zod";
import { usageError } from "./errors.ts";

/** Checks options against their schema; throws a usage error such as `<who>: data.path is missing`. */
export function parseWith<S extends z.ZodType>(
  schema: S,
  options: unknown,
  who: string,
  prefix: string,
): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [prefix, ...(issue?.path ?? [])].join(".");
  const missing =
    issue?.code === "invalid_type" &&
    issue.path.length === 1 &&
    !(String(issue.path[0]) in (options as object));
  const why = missing ? `is missing, expected ${issue.expected}` : `is refused: ${issue?.message}`;
  throw usageError(`${who}: ${where} ${why}.`);
}
