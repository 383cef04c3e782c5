import { checkupValues } from "../../health/checkup.ts";
import type { StoredEvent } from "../../train/run-folder/run-event.ts";
import type { RunSummary } from "./api.ts";

/** One number over a run: `steps` rise, `values` belong to them. */
export interface Curve {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** What a run's events hold of numbers, by name: losses, `health/...` of checkups, `metrics/...`. */
export function curvesOf(events: readonly StoredEvent[]): Map<string, Curve> {
  const curves = new Map<string, { steps: number[]; values: number[] }>();
  const add = (name: string, step: number, value: number) => {
    const curve = curves.get(name) ?? { steps: [], values: [] };
    curves.set(name, curve);
    // Judged twice at one step: the later judgement stands.
    if (curve.steps.at(-1) === step) curve.values[curve.values.length - 1] = value;
    else {
      curve.steps.push(step);
      curve.values.push(value);
    }
  };
  for (const event of events) {
    if (event.type === "scalars") {
      for (const [name, [count, sum]] of Object.entries(event.values)) {
        add(name, event.step, sum / count);
      }
    } else if (event.type === "health") {
      for (const [name, value] of Object.entries(checkupValues(event.checkup))) {
        add(`health/${name}`, event.step, value);
      }
    } else if (event.type === "metrics") {
      for (const [name, value] of Object.entries(metricValues(event.metrics))) {
        add(`metrics/${name}`, event.step, value);
      }
    }
  }
  return curves;
}

/** The figure of each metric. */
export function metricValues(metrics: Readonly<Record<string, unknown>>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, metric] of Object.entries(metrics)) {
    const value =
      typeof metric === "object" && metric !== null && "value" in metric ? metric.value : metric;
    if (typeof value === "number") found[name] = value;
  }
  return found;
}

/** Curves that are drawn into one chart. */
export interface ChartGroup {
  readonly id: string;
  readonly names: readonly string[];
}

/** What of the doctor's figures belongs together. */
const doctorGroups: readonly ChartGroup[] = [
  { id: "logits", names: ["realLogit", "heldLogit", "fakeLogit"] },
  { id: "right", names: ["ranked", "realRight", "heldRight", "fakeRight", "recognised"] },
  { id: "variety", names: ["diversity", "coverage"] },
  { id: "gradients", names: ["discriminatorGradient", "generatorGradient"] },
  { id: "growth", names: ["discriminatorGrowth", "generatorGrowth", "averageDistance"] },
].map(({ id, names }) => ({ id, names: names.map((name) => `health/${name}`) }));

/**
 * Charts for curves of these names: losses together, the doctor's figures by what they say, every other
 * number in a chart of its own.
 */
export function chartGroups(names: readonly string[]): ChartGroup[] {
  const left = new Set(names);
  const take = (id: string, wanted: (name: string) => boolean) => {
    const found = names.filter((name) => left.has(name) && wanted(name));
    for (const name of found) left.delete(name);
    return { id, names: found };
  };
  const groups = [
    take("losses", (name) => /(^|\.)loss$/.test(name)),
    take("training-logits", (name) => /^\w+\.\w+Logit$/.test(name)),
    ...doctorGroups.map((group) => take(group.id, (name) => group.names.includes(name))),
    take("penalties", (name) => name.startsWith("health/penalty.")),
    // The doctor's own batch: the losses of training say it better.
    take("doctor-losses", (name) => /^health\/.*Loss$/.test(name)),
  ];
  const others = [...left].map((name) => ({ id: name, names: [name] }));
  const found = groups.filter((group) => group.names.length > 0);
  const fromTraining = (group: ChartGroup) => !group.names[0]?.startsWith("health/");
  const training = found.filter(fromTraining);
  return [...training, ...others, ...found.filter((group) => !fromTraining(group))];
}

/** The numbers that say most of a run: its first metric, or losses where nothing was judged yet. */
export function headlineOf({ metrics, scalars }: Pick<RunSummary, "metrics" | "scalars">) {
  const judged = Object.entries(metricValues(metrics ?? {}));
  if (judged.length > 0) return judged.slice(0, 1);
  const values = scalars ?? {};
  const names = chartGroups(Object.keys(values)).flatMap((group) => group.names);
  return names.slice(0, 2).map((name) => [name, values[name] as number] as const);
}

/** Curves on one axis of steps, with gaps (null) where one has no value. */
export function aligned(curves: readonly Curve[]): [number[], ...(number | null)[][]] {
  const steps = [...new Set(curves.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
  const at = new Map(steps.map((step, i) => [step, i]));
  const rows = curves.map((curve) => {
    const row = new Array<number | null>(steps.length).fill(null);
    curve.steps.forEach((step, i) => {
      row[at.get(step) as number] = curve.values[i] as number;
    });
    return row;
  });
  return [steps, ...rows];
}
