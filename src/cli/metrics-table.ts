import type { MetricResult } from "../metrics/index.ts";
import { figure, table } from "./output.ts";

/** What a line of the table shows. */
type Figure = Pick<MetricResult, "value" | "floor" | "samples" | "higherIsBetter"> & {
  readonly label?: string;
  readonly network?: string;
  readonly warnings?: unknown;
};

/** Metrics of images or texts with their floors and sample counts, and the warnings below. */
export function metricsTable(
  metrics: Readonly<Record<string, Figure>>,
  floorNote = "The floor is what as many real images get: no generator is expected to beat it.",
): string {
  const rows = Object.entries(metrics).map(([name, m]) => [
    m.label ?? name,
    figure(m.value),
    figure(m.floor),
    String(m.samples),
    m.higherIsBetter ? "higher" : "lower",
  ]);
  const lines = [table([["metric", "value", "floor", "samples", "better"], ...rows])];
  for (const [name, { label = name, warnings }] of Object.entries(metrics)) {
    if (Array.isArray(warnings)) for (const w of warnings) lines.push(`${label}: ${String(w)}`);
  }
  for (const network of new Set(Object.values(metrics).flatMap((m) => m.network ?? []))) {
    lines.push(
      `Features of the network ${network}: not comparable with scores on Inception's features.`,
    );
  }
  lines.push(floorNote);
  return lines.join("\n");
}

/** Metrics of texts over temperatures, with their floors and sample counts. */
export function sweepTable(
  sweep: readonly {
    readonly temperature: number;
    readonly metrics: Readonly<Record<string, Figure>>;
  }[],
): string {
  const temperatures = sweep.map((p) => `T = ${p.temperature}`);
  const rows = Object.entries(sweep[0]?.metrics ?? {}).map(([name, m]) => [
    m.label ?? name,
    ...sweep.map((p) => figure(p.metrics[name]?.value ?? Number.NaN)),
    figure(m.floor),
    String(m.samples),
    m.higherIsBetter ? "higher" : "lower",
  ]);
  return [
    table([["metric", ...temperatures, "floor", "samples", "better"], ...rows]),
    "The floor is what as many real texts get. A generator is as good as its whole row: at a low temperature",
    "texts are safe and alike, at a high one they are different and wrong.",
  ].join("\n");
}
