import type { MetricResult } from "../metrics/index.ts";
import { figure, table } from "./output.ts";

/** Metrics with their floors and sample counts, and the warnings below. */
export function metricsTable(metrics: Readonly<Record<string, MetricResult>>): string {
  const rows = Object.values(metrics).map((m) => [
    m.label,
    figure(m.value),
    figure(m.floor),
    String(m.samples),
    m.higherIsBetter ? "higher" : "lower",
  ]);
  const lines = [table([["metric", "value", "floor", "samples", "better"], ...rows])];
  for (const { label, warnings } of Object.values(metrics)) {
    if (Array.isArray(warnings)) for (const w of warnings) lines.push(`${label}: ${String(w)}`);
  }
  for (const network of new Set(Object.values(metrics).map((m) => m.network))) {
    lines.push(
      `Features of the network ${network}: not comparable with scores on Inception's features.`,
    );
  }
  lines.push("The floor is what as many real images get: no generator is expected to beat it.");
  return lines.join("\n");
}
