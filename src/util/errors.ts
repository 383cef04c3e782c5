/** What went wrong, as a machine-readable word; it decides the exit code. */
export type ErrorKind = "usage" | "graph" | "data" | "checkpoint" | "runtime" | "io" | "numeric";

/**
 * Every error that gansmith raises on purpose: one clear sentence that says what, where, expected,
 * received and what to do. The command line prints the message alone, never a stack trace.
 */
export class GansmithError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "GansmithError";
    this.kind = kind;
  }

  /** 2 for wrong use (flags, recipes, values), 1 for everything that failed while doing it. */
  get exitCode(): 1 | 2 {
    return this.kind === "usage" ? 2 : 1;
  }
}

/** Wrong use: an unknown name, a value of the wrong type or out of range. Exit code 2. */
export function usageError(message: string): GansmithError {
  return new GansmithError("usage", message);
}

/** Says an unknown name, and the nearest known one if there is one close by. */
export function unknownName(what: string, name: string, known: readonly string[]): GansmithError {
  const near = nearestName(name, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return usageError(`unknown ${what} "${name}".${hint} Known: ${known.join(", ")}.`);
}

/** The known name that somebody may have meant; `undefined` when none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const near = known
    .map((k) => ({ k, d: editDistance(name.toLowerCase(), k.toLowerCase()) }))
    .sort((a, b) => a.d - b.d)[0];
  return near && near.d <= Math.max(2, near.k.length / 3) ? near.k : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
