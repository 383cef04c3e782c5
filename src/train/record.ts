import { GansmithError } from "../util/errors.ts";
import type { JsonObject } from "../util/json.ts";
import { EventWriter, readEvents } from "./run-folder/events.ts";
import { type ModelCard, writeModelCard } from "./run-folder/model-card.ts";
import type { MetricsEvent } from "./run-folder/run-event.ts";
import { RunFolder } from "./run-folder/run-folder.ts";

/** The metrics that a configuration asks for; none where the data do not allow to judge. */
export async function judged<Result>(
  wanted: "auto" | readonly string[],
  evaluate: (names: readonly string[] | undefined) => Promise<Record<string, Result>>,
  onWarning?: (message: string) => void,
): Promise<Record<string, Result>> {
  if (wanted !== "auto" && wanted.length === 0) return {};
  try {
    return await evaluate(wanted === "auto" ? undefined : wanted);
  } catch (error) {
    // The training is done and safe; that small data have no test split must not fail it.
    if (!(error instanceof GansmithError)) throw error;
    onWarning?.(`The samples were not judged: ${error.message}`);
    return {};
  }
}

/** Writes metrics into a run's events, and its model card, which `card` makes. */
export function record(
  run: { readonly path: string; trained(): { readonly step: number } },
  metrics: Readonly<Record<string, object>>,
  card: (folder: RunFolder) => ModelCard,
  more: Pick<MetricsEvent, "sweep" | "file"> = {},
): void {
  const folder = RunFolder.open(run.path).lock();
  try {
    const { step } = run.trained();
    if (Object.keys(metrics).length > 0) {
      const events = new EventWriter(folder.eventsPath);
      try {
        events.write({ type: "metrics", step, metrics: metrics as JsonObject, ...more });
      } finally {
        events.close();
      }
    }
    writeModelCard(folder, card(folder));
  } finally {
    folder.release();
  }
}

/** What a card says of the machine that began a run, and of versions. */
export function machineOf(folder: RunFolder): Pick<ModelCard, "machine" | "versions"> {
  const start = readEvents(folder.eventsPath).find((e) => e.type === "start");
  const { gansmith: _made, node, ...rest } = (start?.info ?? {}) as Record<string, string>;
  const names = ["platform", "cpu", "cores", "memoryGiB", "backend", "threads"];
  const machine = Object.entries(rest).filter(([name]) => names.includes(name));
  return {
    machine: Object.fromEntries(machine),
    versions: node === undefined ? {} : { node },
  };
}

/** A value of a configuration as a card shows it: one line. */
export function short(value: unknown): string | number | boolean {
  return typeof value === "object" ? JSON.stringify(value) : (value as string | number | boolean);
}
