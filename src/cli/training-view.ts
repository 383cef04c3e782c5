import { relative } from "node:path";
import type { MetricResult } from "../metrics/index.ts";
import type { RunConfig } from "../recipes/index.ts";
import type { Run } from "../train/run.ts";
import type { TrainingReport } from "../train/session/messages.ts";
import { metricsTable } from "./metrics-table.ts";
import type { Output } from "./output.ts";
import { formatDuration } from "./progress.ts";
import { SessionScreen } from "./session-screen.ts";
import type { SessionView } from "./watch-session.ts";

type Reported<T extends TrainingReport["type"]> = Extract<TrainingReport, { type: T }>;
type Picture = typeof import("./picture.ts").terminalPicture;

const pictureEveryMs = 20_000;
/** The article prints its losses this often. */
const verboseEverySteps = 100;

/** Shows a training session: what it trains, how far it is, what it makes. */
export class TrainingView extends SessionScreen implements SessionView<TrainingReport> {
  #length: RunConfig["length"];
  #verbose: boolean;
  #lastPicture = performance.now();
  #latest: Reported<"sample"> | undefined;
  #drawPicture: Picture | undefined;

  constructor(output: Output, length: RunConfig["length"], verbose: boolean) {
    super(output);
    this.#length = length;
    this.#verbose = verbose;
    // Loaded beside the training, so that it does not delay the first step.
    import("./picture.ts").then((module) => {
      this.#drawPicture = module.terminalPicture;
    });
  }

  report(report: TrainingReport): void {
    switch (report.type) {
      case "preparing":
        this.#preparing(report);
        break;
      case "ready":
        this.#ready(report);
        break;
      case "progress":
        this.#step(report);
        break;
      case "sample":
        this.#sample(report);
        break;
      case "warning":
        this.warn(report.message);
        break;
      case "diagnosis":
        this.output.line({ ...report });
        this.progress.message(`doctor: ${report.illness}: ${report.sentence}`);
        break;
      case "guard":
        this.output.line({ ...report });
        this.progress.message(
          `guard: back to ${report.step > 0 ? `step ${report.step}` : "the beginning"}, on with ${report.settings.join(" ")}`,
        );
        break;
      default:
        this.output.line({ ...report });
    }
  }

  /** The last samples, the metrics, and what to do with the run. */
  summary(run: Run, metrics: Readonly<Record<string, MetricResult>>): void {
    this.close();
    const { path, end } = run;
    if (this.#latest && this.#drawPicture) {
      this.output.text(this.#drawPicture(this.#latest, process.stdout));
    }
    if (Object.keys(metrics).length > 0) this.output.text(`${metricsTable(metrics)}\n`);
    const time = formatDuration((end?.elapsedMs ?? 0) / 1000);
    this.output.text(`${path}: ${end?.step} steps, ${end?.kimg.toFixed(1)} kimg, ${time}.`);
    if (this.#latest) this.output.text(`Samples: ${relative(".", this.#latest.file)}`);
    this.suggest([
      `sample ${path} --n 64 --out grid.png`,
      `export ${path} --format onnx --out generator.onnx`,
      `resume ${path} --steps ${2 * (end?.step ?? 1)}`,
      "recipes",
    ]);
  }

  #preparing({ what, done, total }: Reported<"preparing">): void {
    if (total !== undefined && done !== undefined && process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2Kpreparing ${what}: ${done}/${total}`);
    } else if (total === undefined) this.progress.message(`preparing ${what} ...`);
  }

  #ready(report: Reported<"ready">): void {
    const { run, recipe, model, step, data, parameters, batch, seed, backend, threads } = report;
    this.output.line({ ...report, type: "start" });
    this.close();
    const kind = `${data.size}x${data.size} ${data.channels === 1 ? "grey" : "colour"}`;
    const lines = [
      `${recipe}: ${model} on ${data.name}, ${data.images.toLocaleString("en")} images ${kind}`,
      `parameters: ${this.sizesOf(parameters)}; batch ${batch}, seed ${seed}, ${backend}, ${threads} threads`,
      `run folder: ${run}${step > 0 ? `, going on from step ${step}` : ""}`,
    ];
    for (const line of lines) this.progress.message(line);
  }

  #step(report: Reported<"progress">): void {
    const { step, kimg, elapsedMs, progress, scalars, batch, stepInEpoch } = report;
    const values = {
      D_loss: scalars["d.loss"] ?? Number.NaN,
      G_loss: scalars["g.loss"] ?? Number.NaN,
    };
    if (this.#verbose && stepInEpoch % verboseEverySteps === 0) this.#articleLine(report, values);
    const line = { type: "progress", step, kimg, seconds: elapsedMs / 1000, progress, scalars };
    this.progressLine(line, progress >= 1);
    const { steps: totalSteps } = this.#length;
    this.progress.update({ step, totalSteps, fraction: progress, batchSize: batch, values });
  }

  #articleLine(
    report: Reported<"progress">,
    { D_loss, G_loss }: Readonly<Record<"D_loss" | "G_loss", number>>,
  ): void {
    const { epoch, stepInEpoch, stepsPerEpoch, batch } = report;
    const { epochs, steps, kimg } = this.#length;
    const images = steps === undefined ? kimg && kimg * 1000 : steps * batch;
    const all = epochs ?? (images && Math.ceil(images / batch / stepsPerEpoch));
    const of = all === undefined ? "" : `/${all}`;
    this.output.text(
      `Epoch [${epoch + 1}${of}], Step [${stepInEpoch}/${stepsPerEpoch}], D_loss: ${D_loss.toFixed(4)}, G_loss: ${G_loss.toFixed(4)}`,
    );
  }

  #sample(report: Reported<"sample">): void {
    const { step, file } = report;
    this.#latest = report;
    this.output.line({ type: "sample", step, file });
    const now = performance.now();
    const due = now - this.#lastPicture >= pictureEveryMs;
    if (this.output.json || !process.stderr.isTTY || !due || !this.#drawPicture) return;
    this.#lastPicture = now;
    this.progress.message(`${this.#drawPicture(report, process.stderr)}samples at step ${step}`);
  }
}
