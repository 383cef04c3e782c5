import { judgingProgress } from "./judging-progress.ts";
import type { Output } from "./output.ts";
import { Progress } from "./progress.ts";

const jsonProgressEveryMs = 1000;

/** What every session shows on the screen, whatever it trains. */
export class SessionScreen {
  protected readonly output: Output;
  protected readonly progress = new Progress();
  readonly #judging: ReturnType<typeof judgingProgress>;
  #lastLine = Number.NEGATIVE_INFINITY;

  constructor(output: Output) {
    this.output = output;
    this.#judging = judgingProgress(output);
  }

  note(text: string): void {
    this.progress.message(text);
  }

  warn(message: string): void {
    this.output.line({ type: "warning", message });
    this.progress.message(`warning: ${message}`);
  }

  judging(stage: string, done: number, total?: number): void {
    this.#judging.onProgress(`judging: ${stage}`, done, total);
  }

  endTraining(): void {
    this.progress.end();
  }

  close(): void {
    this.#judging.end();
  }

  /** A line of progress for programs, at most one a second unless it is `due`. */
  protected progressLine(line: Parameters<Output["line"]>[0], due = false): void {
    const now = performance.now();
    if (now - this.#lastLine < jsonProgressEveryMs && !due) return;
    this.#lastLine = now;
    this.output.line(line);
  }

  /** How many parameters each network has. */
  protected sizesOf(parameters: Readonly<Record<string, number>>): string {
    return Object.entries(parameters)
      .map(([name, n]) => `${name} ${n.toLocaleString("en")}`)
      .join(", ");
  }

  /** What to do with a run. */
  protected suggest(commands: readonly string[]): void {
    const lines = commands.map((command) => `  npx gansmith ${command}`);
    this.output.text(["", "What to try next:", ...lines].join("\n"));
  }
}
