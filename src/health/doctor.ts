import { type Checkup, checkupValues } from "./checkup.ts";
import { diagnose, diverged } from "./diagnose.ts";
import type { Examiner, ReadArrays } from "./examiner.ts";
import type { Curable, Finding } from "./illness.ts";
import { checkupSteps } from "./timetable.ts";

/** So many healthy checkups in a row end an illness; another may then be told. */
const recovery = 4;
/** Checkups whose checkpoints a rollback may need: longer than any illness takes to be recognised. */
const window = 10;

export interface DoctorSpec {
  readonly config: Curable;
  /** Thousands of real samples between two checkups, at first less. */
  readonly everyKimg: number;
  /** Real samples that a step shows to D. */
  readonly samplesPerStep: number;
  /** Gets what is needed for examining, when it first is: training begins without waiting for it. */
  readonly open: () => Promise<Examiner>;
}

/**
 * Watches over a game: examines it at fixed steps and says once what is wrong. What it says depends on
 * the checkups alone, so a resumed run, given the history so far, goes on as if never stopped.
 */
export class Doctor {
  readonly #config: Curable;
  readonly #open: () => Promise<Examiner>;
  readonly #history: Checkup[] = [];
  readonly #due: Generator<number>;
  #examiner: Examiner | undefined;
  #next: number;
  #ill: string | undefined;
  #healthyFor = 0;

  constructor(spec: DoctorSpec, history: readonly Checkup[] = []) {
    this.#config = spec.config;
    this.#open = spec.open;
    this.#due = checkupSteps(spec.everyKimg, spec.samplesPerStep);
    this.#next = this.#due.next().value as number;
    for (const checkup of history) this.#judge(checkup);
  }

  /** Whether a checkup is due after this step. */
  due(step: number): boolean {
    while (this.#next < step) this.#next = this.#due.next().value as number;
    return this.#next === step;
  }

  /** Steps of the latest checkups, oldest first. */
  get recentSteps(): readonly number[] {
    return this.#history.slice(-window).map((c) => c.step);
  }

  /** Examines the game; a finding comes once, when an illness is first recognised. */
  async examine(
    step: number,
    kimg: number,
    read: ReadArrays,
  ): Promise<{ readonly checkup?: Checkup; readonly finding?: Finding | undefined }> {
    this.#examiner ??= await this.#open();
    const checkup = await this.#examiner.examine(step, kimg, read);
    const broken = Object.entries(checkupValues(checkup)).find(([, x]) => !Number.isFinite(x));
    if (broken) return { finding: this.diverged(`${broken[0]} became ${broken[1]}`, step) };
    return { checkup, finding: this.#judge(checkup) };
  }

  /** What to say when a number of the game itself is no longer finite. */
  diverged(seen: string, step: number): Finding {
    return diverged(seen, step, this.#history, this.#config);
  }

  async release(): Promise<void> {
    await this.#examiner?.release();
  }

  #judge(checkup: Checkup): Finding | undefined {
    this.#history.push(checkup);
    const finding = diagnose(this.#history, this.#config);
    this.#healthyFor = finding ? 0 : this.#healthyFor + 1;
    if (this.#healthyFor >= recovery) this.#ill = undefined;
    if (!finding || this.#ill !== undefined) return undefined;
    this.#ill = finding.illness;
    return finding;
  }
}
