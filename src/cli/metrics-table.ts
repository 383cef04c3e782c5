import type { MetricResult } from "../metrics/index.ts";
import { figure, table } from "./output.ts";

/** Metrics with their floors and sample counts, and the warnings below. */
export function metricsTable(metrics: Readonly<Record<string, MetricResult>>): string {
  const rows = Object.entries(metrics).map(([name, m]) => [
    name,
    figure(m.value),
    figure(m.floor),
    String(m.samples),
    m.higherIsBetter ? "higher" : "lower",
  ]);
  const lines = [table([["metric", "value", "floor", "samples", "better"], ...rows])];
  for (const [name, { warnings }] of Object.entries(metrics)) {
    if (Array.isArray(warnings)) for (const w of warnings) lines.push(`${name}: ${String(w)}`);
  }
  lines.push("The floor is what as many real images get: no generator is expected to beat it.");
  return lines.join("\n");
}
