import { checkupValues, type Finding, intervene } from "../../health/index.ts";
import type { RunConfig } from "../../recipes/index.ts";
import { GansmithError } from "../../util/errors.ts";
import type { Trainer } from "../loop/trainer.ts";
import type { CheckpointStore } from "../run-folder/checkpoint.ts";
import type { EventWriter } from "../run-folder/events.ts";
import type { StoredEvent } from "../run-folder/run-event.ts";
import type { TensorBoardWriter } from "../run-folder/tensorboard.ts";
import type { Attendance } from "./attend.ts";
import { interventionsOf } from "./interventions.ts";
import type { TrainingReport } from "./messages.ts";

/** Where what the doctor says is written. */
interface Records {
  readonly store: CheckpointStore;
  readonly events: EventWriter;
  readonly board: TensorBoardWriter;
  readonly report: (report: TrainingReport) => void;
}

/** The doctor's place in a session: checkups when they are due, what they found, and the guard. */
export class Care {
  readonly #attendance: Attendance | undefined;
  readonly #config: RunConfig;
  readonly #past: readonly StoredEvent[];
  readonly #records: Records;
  #guarding: boolean;
  #treated = false;

  /** `past` are the run's events so far. */
  constructor(
    attendance: Attendance | undefined,
    config: RunConfig,
    past: readonly StoredEvent[],
    records: Records,
  ) {
    this.#attendance = attendance;
    this.#config = config;
    this.#past = past;
    this.#records = records;
    this.#guarding = config.health !== false && config.health.guard;
    this.#pin();
  }

  /** Whether the guard has decided to go back: this session is over, the next one carries it out. */
  get treated(): boolean {
    return this.#treated;
  }

  /** A checkup where one is due; true where the guard wants a checkpoint of it to come back to. */
  async examine({ step, kimg, engine }: Trainer): Promise<boolean> {
    const { doctor } = this.#attendance ?? {};
    if (!doctor?.due(step)) return false;
    const { events, board, report } = this.#records;
    const { checkup, finding } = await doctor.examine(step, kimg, (names) => engine.read(names));
    if (checkup) {
      events.write({ type: "health", step, checkup });
      const curves = Object.entries(checkupValues(checkup)).map(([k, x]) => [`health/${k}`, x]);
      board.scalars(Object.fromEntries(curves), step);
      report({ type: "health", step, checkup });
    }
    if (finding) this.#tell(finding);
    this.#pin();
    return this.#guarding && !this.#treated;
  }

  /** Takes an error, a number that is not finite, as an illness; whether the guard treats it. */
  treats(error: unknown, step: number): boolean {
    const { doctor } = this.#attendance ?? {};
    if (!doctor || !(error instanceof GansmithError) || error.kind !== "numeric") return false;
    this.#tell(doctor.diverged(error.message.split(". ")[0] as string, step));
    return this.#treated;
  }

  async release(): Promise<void> {
    await this.#attendance?.release();
  }

  #tell(finding: Finding): void {
    const { store, events, report } = this.#records;
    const { step, ...said } = finding;
    events.write({ type: "diagnosis", step, ...said });
    report({ type: "diagnosis", step, ...said });
    if (!this.#guarding) return;
    const saved = store.list().map((c) => c.step);
    // Those at checkups only: which others there are depends on the clock.
    const checkpoints = saved.filter((s) => store.pinned.includes(s));
    const guidance = intervene(finding, this.#config, checkpoints, interventionsOf(this.#past));
    if ("refused" in guidance) {
      this.#guarding = false;
      events.write({ type: "warning", step, message: guidance.refused });
      report({ type: "warning", message: guidance.refused });
      return;
    }
    // Safe on disk before anything is undone.
    events.write({ type: "guard", from: step, ...guidance });
    events.flush({ durable: true });
    report({ type: "guard", from: step, ...guidance });
    this.#treated = true;
  }

  /** Keeps the checkpoints of the latest checkups. */
  #pin(): void {
    if (this.#guarding) this.#records.store.pinned = this.#attendance?.doctor.recentSteps ?? [];
  }
}
