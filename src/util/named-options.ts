import { z } from "zod";

/** A part by name, with its options: plain JSON, such as `{ name: "lstm", hidden: 64 }`. */
export interface NamedOptions {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** What stands behind a name: the options that it takes. */
interface Named {
  readonly name: string;
  readonly schema: z.ZodType;
}

/**
 * The schema of a part of a configuration that is one of `known` by name (`fallback` where none is
 * given), with all options of that name's own schema filled in.
 */
export function namedOptions(known: readonly Named[], fallback: string) {
  return z
    .looseObject({ name: z.string().default(fallback) })
    .transform(({ name, ...given }, context): NamedOptions => {
      const found = known.find((k) => k.name === name);
      if (!found) {
        const values = known.map((k) => k.name);
        context.issues.push({ code: "invalid_value", values, input: name, path: ["name"] });
        return z.NEVER;
      }
      const parsed = found.schema.safeParse(given);
      if (parsed.success) return { name, ...(parsed.data as object) };
      const keys = found.schema instanceof z.ZodObject ? Object.keys(found.schema.shape) : [];
      for (const issue of parsed.error.issues) {
        context.issues.push({ ...issue, input: given, knownKeys: keys } as z.core.$ZodRawIssue);
      }
      return z.NEVER;
    })
    .prefault({});
}
