import { stripVTControlCharacters } from "node:util";

/** Where a run stands. */
export interface ProgressState {
  /** Finished steps. */
  readonly step: number;
  /** Steps in all; `undefined` when time ends the run. */
  readonly totalSteps?: number | undefined;
  /** Share done, 0 to 1, when it is not `step / totalSteps` (a run that ends after minutes). */
  readonly fraction?: number | undefined;
  /** Real images per step; without it only the share done and the time left are shown. */
  readonly batchSize?: number;
  /** What is counted so far, such as tokens: its speed is shown. */
  readonly amount?: { readonly value: number; readonly unit: string };
  /** Shown before the speed. */
  readonly label?: string;
  /** Shown as they are, such as `D_loss 0.693`. */
  readonly values: Readonly<Record<string, number>>;
}

/** The part of a terminal or pipe that progress needs; `process.stderr` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly stream?: ProgressStream;
  /** Says nothing at all. */
  readonly quiet?: boolean;
  /** Milliseconds; a test may bring its own clock. */
  readonly now?: () => number;
}

const terminalIntervalMs = 100;
const plainIntervalMs = 5000;
const rateWindowMs = 10_000;
const barWidth = 20;

/**
 * Progress on stderr: one line that is drawn over on a terminal, a plain line every five seconds
 * elsewhere. Stdout stays free for results.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #quiet: boolean;
  readonly #now: () => number;
  readonly #terminal: boolean;
  #history: {
    readonly time: number;
    readonly step: number;
    readonly fraction: number;
    readonly amount: number;
  }[] = [];
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #drawn = false;
  #state: ProgressState | undefined;

  constructor({
    stream = process.stderr,
    quiet = false,
    now = () => performance.now(),
  }: ProgressOptions = {}) {
    this.#stream = stream;
    this.#quiet = quiet;
    this.#now = now;
    this.#terminal = stream.isTTY === true;
  }

  /** Call it as often as you like; it draws only when a line is due. */
  update(state: ProgressState): void {
    const time = this.#now();
    this.#state = state;
    this.#remember(time, state);
    if (time - this.#lastDrawn < (this.#terminal ? terminalIntervalMs : plainIntervalMs)) return;
    this.#lastDrawn = time;
    this.#draw();
  }

  /** Prints a line of its own, such as a warning, without breaking the progress line. */
  message(text: string): void {
    if (this.#quiet) return;
    this.#erase();
    this.#stream.write(`${text}\n`);
    if (this.#terminal && this.#state) this.#draw();
  }

  /** Draws the last state once more and leaves it standing. */
  end(): void {
    if (this.#state) this.#draw();
    if (this.#drawn) this.#stream.write("\n");
    this.#drawn = false;
    this.#state = undefined;
  }

  /** Over the last seconds only, so that a slow start does not spoil the estimate. */
  #remember(time: number, state: ProgressState): void {
    const last = this.#history.at(-1);
    if (last !== undefined && state.step < last.step) this.#history = [];
    if (last === undefined || time - last.time >= terminalIntervalMs || state.step < last.step) {
      const { step, amount } = state;
      const fraction = fractionOf(state) ?? 0;
      this.#history.push({ time, step, fraction, amount: amount?.value ?? 0 });
    }
    while (this.#history.length > 2 && time - (this.#history[1]?.time ?? time) > rateWindowMs) {
      this.#history.shift();
    }
  }

  #draw(): void {
    if (this.#quiet || this.#state === undefined) return;
    const line = formatProgress(this.#state, this.#rates(this.#state));
    if (!this.#terminal) {
      this.#stream.write(`${line}\n`);
      return;
    }
    this.#erase();
    this.#stream.write(clip(line, (this.#stream.columns ?? 80) - 1));
    this.#drawn = true;
  }

  #erase(): void {
    if (this.#drawn) this.#stream.write("\r\u001b[2K");
    this.#drawn = false;
  }

  #rates(state: ProgressState): Rates {
    const first = this.#history[0];
    const elapsedMs = first ? this.#now() - first.time : 0;
    if (first === undefined || elapsedMs <= 0 || state.step <= first.step) return {};
    const stepsPerSecond = ((state.step - first.step) / elapsedMs) * 1000;
    const amountPerSecond = (((state.amount?.value ?? 0) - first.amount) / elapsedMs) * 1000;
    const speed = { stepsPerSecond, ...(state.amount && { amountPerSecond }) };
    const fraction = fractionOf(state);
    const gained = fraction === undefined ? 0 : fraction - first.fraction;
    if (fraction === undefined || gained <= 0) return speed;
    return { ...speed, secondsLeft: (((1 - fraction) / gained) * elapsedMs) / 1000 };
  }
}

/** Measured speed; empty until there is something to measure. */
export interface Rates {
  readonly stepsPerSecond?: number;
  readonly amountPerSecond?: number;
  readonly secondsLeft?: number;
}

/** One line: bar, percent, step, steps/s, img/s, time left, values. */
export function formatProgress(state: ProgressState, rates: Rates = {}): string {
  const { step, totalSteps, batchSize, values } = state;
  const fraction = fractionOf(state);
  const parts: string[] = [];
  if (fraction !== undefined) {
    const full = Math.round(fraction * barWidth);
    const percent = String(Math.floor(fraction * 100)).padStart(3);
    parts.push(`[${"#".repeat(full)}${"-".repeat(barWidth - full)}] ${percent}%`);
  }
  const { stepsPerSecond, amountPerSecond, secondsLeft } = rates;
  if (batchSize !== undefined) {
    parts.push(totalSteps === undefined ? `step ${step}` : `step ${step}/${totalSteps}`);
  }
  if (stepsPerSecond !== undefined && batchSize !== undefined) {
    parts.push(`${short(stepsPerSecond)} steps/s`, `${short(stepsPerSecond * batchSize)} img/s`);
  }
  if (state.label !== undefined) parts.push(state.label);
  if (state.amount && amountPerSecond !== undefined) {
    parts.push(`${short(amountPerSecond)} ${state.amount.unit}/s`);
  }
  if (secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft)} left`);
  for (const [name, value] of Object.entries(values)) parts.push(`${name} ${value.toFixed(3)}`);
  return parts.join("  ");
}

/** `42 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

function fractionOf({ step, totalSteps, fraction }: ProgressState): number | undefined {
  const share = fraction ?? (totalSteps === undefined ? undefined : step / totalSteps);
  return share === undefined || Number.isNaN(share) ? undefined : Math.min(1, Math.max(0, share));
}

function short(x: number): string {
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);
}

/** A line that wraps cannot be drawn over. */
function clip(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? plain : plain.slice(0, Math.max(0, width));
}
