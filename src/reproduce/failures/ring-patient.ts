import { drawMixture, ringMixture } from "../../data/mixtures.ts";
import {
  type Checkup,
  Doctor,
  Examiner,
  type Finding,
  type Intervention,
  intervene,
  type Reals,
} from "../../health/index.ts";
import { mixtureModes } from "../../metrics/scores/mixture-modes.ts";
import { mixtureMlp } from "../../models/mixture-mlp.ts";
import { type RunConfig, withSetting } from "../../recipes/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { GameLoop, type LoopState } from "../../train/loop/game-loop.ts";
import { initialArrays } from "../../train/loop/initial-arrays.ts";
import { gameOf } from "../../train/resolve.ts";
import { Random } from "../../util/random.ts";
import {
  drawPoints,
  type MixtureRecipe,
  PointBatches,
  rows,
  trainingPoints,
} from "../mixture-run.ts";
import type { PatientOutcome } from "./patients.ts";

/** A mixture's game as the doctor treats it. */
export type RingConfig = MixtureRecipe &
  Pick<RunConfig, "discriminatorSteps" | "generatorSteps"> & { readonly everyKimg: number };

interface Snapshot {
  readonly loop: LoopState;
  readonly order: PointBatches["state"];
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

const heldPoints = 2000;

/**
 * Trains PacGAN's players on the ring of 8 Gaussians under the doctor's eyes; with `guard`, goes back
 * and treats as a run of images does, with snapshots in memory. The figure is the share of points within 3 sigma of a
 * mode, in per cent.
 */
export async function runRing(
  config: RingConfig,
  {
    steps,
    seed,
    guard,
  }: { readonly steps: number; readonly seed: number; readonly guard: boolean },
  backend: Backend,
  onStep?: (step: number) => void,
): Promise<PatientOutcome> {
  const findings: Finding[] = [];
  const treated: Intervention[] = [];
  const history: Checkup[] = [];
  const snapshots = new Map<number, Snapshot>();
  let present = config;
  for (;;) {
    const from = snapshots.get(treated.at(-1)?.step ?? 0);
    const run = await RingRun.open(present, seed, backend, history, from);
    try {
      let back: Intervention | undefined;
      while (!back && run.loop.step < steps) {
        await run.loop.advance(run.batches.feeds, run.batches.next);
        const { step } = run.loop;
        onStep?.(step);
        const { checkup, finding } = await run.examine();
        if (finding) {
          findings.push(finding);
          const guidance = guard && intervene(finding, present, [...snapshots.keys()], treated);
          if (guidance && !("refused" in guidance)) back = guidance;
        }
        if (!checkup || back) continue;
        history.push(checkup);
        if (guard) snapshots.set(step, await run.snapshot());
      }
      if (!back) {
        const points = await drawPoints(run.loop, backend, seed);
        const { highQuality } = mixtureModes(points, ringMixture);
        return { figure: 100 * highQuality, findings, treated };
      }
      const { step, settings } = back;
      treated.push(back);
      present = settings.reduce<unknown>(withSetting, present) as RingConfig;
      history.splice(0, history.length, ...history.filter((c) => c.step <= step));
      for (const at of snapshots.keys()) if (at > step) snapshots.delete(at);
    } finally {
      await run.release();
    }
  }
}

/** One stretch of a ring's training, between two interventions. */
class RingRun {
  readonly loop: GameLoop;
  readonly batches: PointBatches;
  readonly #doctor: Doctor;

  static async open(
    config: RingConfig,
    seed: number,
    backend: Backend,
    history: readonly Checkup[],
    from: Snapshot | undefined,
  ): Promise<RingRun> {
    const batch = rows * config.pack;
    const game = gameOf({ ...config, batch }, mixtureMlp, [2]);
    const loop = await GameLoop.create(game, backend, { ...config, batch }, seed, from?.loop);
    const names = new Set(loop.engine.arrayNames);
    // What a cure adds begins as in a new game; what it takes away goes.
    const kept = [...(from?.arrays ?? [])].filter(([name]) => names.has(name));
    await loop.engine.write(new Map(kept));
    const batches = new PointBatches(trainingPoints(ringMixture, seed), batch, seed, from?.order);
    const held = drawMixture(ringMixture, heldPoints, new Random(seed, "held-out"));
    const { pack, everyKimg, discriminatorSteps } = config;
    const examined = {
      ...{ players: mixtureMlp, game, sample: [2], batch, pack, seed, backend },
      reals: realsOf(batches.points),
      held: realsOf(held),
    };
    const initial = initialArrays(game, seed, loop.engine.arrayNames);
    const open = () => Examiner.create(examined, initial, config.emaKimg > 0);
    const samplesPerStep = batch * discriminatorSteps;
    const doctor = new Doctor({ config, everyKimg, samplesPerStep, open }, history);
    return new RingRun(loop, batches, doctor);
  }

  private constructor(loop: GameLoop, batches: PointBatches, doctor: Doctor) {
    this.loop = loop;
    this.batches = batches;
    this.#doctor = doctor;
  }

  /** A checkup where one is due. */
  async examine(): Promise<{ readonly checkup?: Checkup; readonly finding?: Finding | undefined }> {
    const { step, kimg, engine } = this.loop;
    if (!this.#doctor.due(step)) return {};
    return this.#doctor.examine(step, kimg, (names) => engine.read(names));
  }

  async snapshot(): Promise<Snapshot> {
    const arrays = await this.loop.engine.read();
    return { loop: this.loop.state, order: this.batches.state, arrays };
  }

  async release(): Promise<void> {
    await this.#doctor.release();
    await this.loop.release();
  }
}

function realsOf(points: Float32Array): Reals {
  return {
    count: points.length / 2,
    read: (indices, out, labels) => {
      indices.forEach((row, i) => {
        out.set(points.subarray(2 * row, 2 * row + 2), 2 * i);
      });
      labels.fill(-1);
    },
  };
}
