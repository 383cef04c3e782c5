import type { TextRunConfig } from "../recipes/text/index.ts";
import type { TextFigure } from "../train/text/evaluate-text.ts";
import type { TextIteration, TextReady, TextReport, TextUnderway } from "../train/text/messages.ts";
import type { TextEnd } from "../train/text/train-text.ts";
import { metricsTable } from "./metrics-table.ts";
import type { Output } from "./output.ts";
import { formatDuration } from "./progress.ts";
import { SessionScreen } from "./session-screen.ts";
import type { SessionView } from "./watch-session.ts";

/** What the floors of metrics of text are. */
export const textFloors = "The floor is what as many real texts get.";

/** Texts below each other, an empty line between those of several lines. */
export function textsBelow(texts: readonly string[]): string {
  return texts.join(texts.some((t) => t.includes("\n")) ? "\n\n" : "\n");
}

/** Shows a session of text: what it trains, how far it is, what it writes. */
export class TextView extends SessionScreen implements SessionView<TextReport> {
  readonly #stages: TextRunConfig["stages"];

  constructor(output: Output, stages: TextRunConfig["stages"]) {
    super(output);
    this.#stages = stages;
  }

  report(report: TextReport): void {
    switch (report.type) {
      case "preparing":
        this.progress.message(`preparing ${report.what} ...`);
        break;
      case "ready":
        this.#ready(report);
        break;
      case "progress":
        this.#underway(report);
        break;
      case "iteration":
        this.#iteration(report);
        break;
      case "warning":
        this.warn(report.message);
        break;
      default:
        this.output.line({ ...report });
    }
  }

  /** Some texts, the metrics, and what to do with the run. */
  async summary(
    { run, step, nll, elapsedMs }: TextEnd,
    metrics: Readonly<Record<string, TextFigure>>,
  ): Promise<void> {
    this.close();
    const { path } = run;
    this.output.text(`\n${textsBelow(await run.sample(8))}\n`);
    if (Object.keys(metrics).length > 0) {
      this.output.text(`${metricsTable(metrics, textFloors)}\n`);
    }
    const judged = nll === undefined ? "" : `validation NLL ${nll.toFixed(3)} nats a token, `;
    const time = formatDuration(elapsedMs / 1000);
    this.output.text(`${path}: ${step} iterations, ${judged}${time}.`);
    this.suggest([
      `sample ${path} --n 20 --temperature 0.8`,
      `export ${path} --out generator.onnx`,
      `eval ${path}`,
    ]);
  }

  #ready(report: TextReady): void {
    const { run, recipe, step, seed, data, parameters, backend, threads } = report;
    this.output.line({ ...report, type: "start" });
    const methods = this.#stages.map((s) => s.method.name).join(", ");
    const [texts, tokens] = [data.texts, data.vocabulary].map((n) => n.toLocaleString("en"));
    const lines = [
      `${recipe}: ${methods} on ${data.name}, ${texts} texts, a vocabulary of ${tokens} tokens`,
      `parameters: ${this.sizesOf(parameters)}; seed ${seed}, ${backend}, ${threads} threads`,
      `run folder: ${run}${step > 0 ? `, going on from iteration ${step}` : ""}`,
    ];
    for (const line of lines) this.progress.message(line);
  }

  #underway(report: TextUnderway): void {
    const { elapsedMs, ...told } = report;
    this.progressLine({ ...told, seconds: elapsedMs / 1000 });
    this.#draw(report);
  }

  #draw({ stage, iteration, done, of, progress, tokens }: TextUnderway): void {
    this.progress.update({
      step: (iteration - 1) * of + done,
      fraction: progress,
      label: `${this.#named(stage, iteration)}: ${done}/${of} steps`,
      amount: { value: tokens, unit: "tokens" },
      values: {},
    });
  }

  #iteration(report: TextIteration): void {
    const { stage, iteration, nll, scalars, samples, elapsedMs, ...told } = report;
    this.output.line({
      ...{ ...told, stage, iteration, nll, seconds: elapsedMs / 1000, scalars, samples },
    });
    const figures = Object.entries({ nll, ...scalars }).map(([k, v]) => `${k} ${v.toFixed(3)}`);
    const sample = (samples[0] ?? "").replaceAll("\n", "\n  ");
    this.progress.message(`${this.#named(stage, iteration)}  ${figures.join("  ")}\n  ${sample}`);
  }

  #named(stage: number, iteration: number): string {
    const { method, iterations } = this.#stages[stage] as TextRunConfig["stages"][number];
    return `${method.name} ${iteration}/${iterations}`;
  }
}
