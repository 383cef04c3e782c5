import { join } from "node:path";
import type { Mixture } from "../data/mixtures.ts";
import type { MixtureModes } from "../metrics/scores/mixture-modes.ts";
import { drawPanels, type Panel } from "../util/svg.ts";
import { runJobs, type Work } from "./job-pool.ts";
import { type KeptMixture, keptMixture } from "./kept-mixture.ts";
import { type MixtureOutcome, type MixtureRecipe, rows as rowsPerStep } from "./mixture-run.ts";
import {
  type Column,
  choose,
  type Figures,
  type PublishedTable,
  slug,
  type TableRow,
} from "./table.ts";

export interface MixtureMethod {
  readonly name: string;
  readonly note: string;
  /** As published: modes, share of high quality in per cent, reverse KL. */
  readonly theirs?: readonly [number, number, number];
  /**
   * `kimg` is the length of the run in thousands of real points, over which rates fall; `whole` says
   * that it is the published one.
   */
  readonly recipe: (kimg: number, whole: boolean) => MixtureRecipe;
}

const colours = { mode: "#e59866", sample: "#1f618d" };

const publishedEpochs = 400;
const stepsPerEpoch = 1000;
const quickSteps = 20;

const columns: readonly Column[] = [
  { key: "modes", title: "modes", format: (x) => x.toFixed(1) },
  { key: "hq", title: "high quality %", format: (x) => x.toFixed(1) },
  { key: "rkl", title: "reverse KL", format: (x) => x.toFixed(3) },
];

const mixtureWork: Work<KeptMixture, MixtureOutcome> = {
  thread: new URL("./mixture-worker.js", import.meta.url),
  run: keptMixture,
  weight: ({ job }) => job.steps * job.recipe.pack,
};

/** PacGAN's experiment on a mixture of Gaussians (arXiv 1712.04086, section 4.1). */
export function mixtureTable(
  mixture: Mixture,
  summary: string,
  /** Of a run by default: about five minutes on one core. The published 400 are `--full`. */
  defaultEpochs: number,
  methods: readonly MixtureMethod[],
): PublishedTable {
  return {
    name: mixture.name,
    summary,
    source: "PacGAN, Lin et al. 2018, arXiv 1712.04086, table 1",
    columns,
    methods: methods.map((m) => m.name),
    length: "epochs",
    run: async (options) => {
      const { quick, full, epochs, seeds, methods: wanted, jobs, onProgress } = options;
      const folder = join(options.out ?? "reproduced", `${mixture.name}-runs`);
      const chosen = choose("method", methods, wanted);
      const passes = full ? publishedEpochs : (epochs ?? defaultEpochs);
      const steps = quick ? quickSteps : Math.ceil(passes * stepsPerEpoch);
      const work = chosen.flatMap((method) =>
        Array.from({ length: seeds }, (_, seed) => {
          const { pack } = method.recipe(1, full);
          const recipe = method.recipe((steps * rowsPerStep * pack) / 1000, full);
          const job = { mixture, recipe, steps, seed: seed + 1 };
          return { job, folder, name: `${slug(method.name)}-seed${job.seed}` };
        }),
      );
      const message = `${chosen.length} methods x ${seeds} seeds, ${steps} steps each`;
      const outcomes = await runJobs(mixtureWork, work, jobs, {
        onProgress: (fraction) => onProgress?.({ fraction, message }),
      });
      const rows: TableRow[] = [];
      const panels: Panel[] = [];
      for (const [i, { name, note, theirs }] of chosen.entries()) {
        const own = outcomes.slice(i * seeds, (i + 1) * seeds);
        const published = columns.map(({ key }, k) => [key, theirs?.[k] ?? null]);
        const row = (method: string, scores: readonly MixtureModes[]): TableRow => {
          const bySeed = scores.map(figures);
          const ours = meanOf(bySeed);
          return { method, ours, theirs: Object.fromEntries(published), seeds, bySeed, note };
        };
        const before = own.flatMap((outcome) => outcome.before ?? []);
        if (before.length > 0) rows.push(row(name, before));
        const method = before.length > 0 ? `${name} + rejection` : name;
        rows.push(row(method, own));
        panels.push(scatter(method, own[0] as MixtureOutcome, mixture));
      }
      const share = ((100 * steps) / (publishedEpochs * stepsPerEpoch)).toFixed(1);
      return {
        rows,
        floors: { modes: mixture.means.length, hq: 100 * (1 - Math.exp(-4.5)), rkl: 0 },
        protocol: `${steps} steps of ${rowsPerStep} rows, ${share} % of the published 400 epochs; 2,500 samples; seeds 1 to ${seeds}; outcomes kept in ${folder}`,
        picture: drawPanels(panels, 4, [
          { colour: colours.mode, text: "modes of the data" },
          { colour: colours.sample, text: "2,500 samples of seed 1" },
        ]),
      };
    },
  };
}

function figures({ modes, highQuality, reverseKl }: MixtureModes): Figures {
  return { modes, hq: 100 * highQuality, rkl: reverseKl };
}

function meanOf(all: readonly Figures[]): Figures {
  return Object.fromEntries(
    columns.map(({ key }) => [
      key,
      all.reduce((sum, f) => sum + (f[key] as number), 0) / all.length,
    ]),
  );
}

function scatter(title: string, outcome: MixtureOutcome, { means }: Mixture): Panel {
  const { modes, highQuality, reverseKl, points } = outcome;
  const reach = 1.25 * Math.max(...means.map(([x, y]) => Math.max(Math.abs(x), Math.abs(y))));
  return {
    title,
    subtitle: `${modes} modes, ${(100 * highQuality).toFixed(1)} %, rKL ${reverseKl.toFixed(3)}`,
    reach,
    dots: [
      { points: means.flat(), colour: colours.mode, radius: 6 },
      { points, colour: colours.sample, radius: 1 },
    ],
  };
}
