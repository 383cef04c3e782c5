import { join } from "node:path";
import { curveColours, drawCurves } from "../../util/curves.ts";
import { courseWeight, meanFigures, shortened, withPasses } from "../courses.ts";
import { runJobs, type Work } from "../job-pool.ts";
import { type Keeping, keptOutcome } from "../kept-outcome.ts";
import {
  type Column,
  choose,
  type Figures,
  type PublishedTable,
  type ReproduceOptions,
  slug,
  type TableRow,
} from "../table.ts";
import { type OracleMethod, oracleMethods } from "./oracle-methods.ts";
import {
  type OracleJob,
  type OracleOutcome,
  type OracleRecipe,
  runOracle,
  type SweepPoint,
} from "./oracle-run.ts";

export interface KeptOracle extends Keeping {
  readonly job: OracleJob;
}

/** Reads the outcome of the very same job, or runs it and keeps what comes out. */
export function keptOracle(
  { job, ...keeping }: KeptOracle,
  onProgress?: (fraction: number) => void,
): Promise<OracleOutcome> {
  return keptOutcome(keeping, job, () => runOracle(job, onProgress));
}

const oracleWork: Work<KeptOracle, OracleOutcome> = {
  thread: new URL("./oracle-worker.js", import.meta.url),
  run: keptOracle,
  weight: ({ job: { recipe, sequences, length } }) =>
    courseWeight(recipe.stages) * sequences * length,
};

const lengths = [{ name: "length-20" }, { name: "length-40" }];
const sequences = 10_000;
const judged = 5000;

const decimals = (digits: number) => (x: number) => x.toFixed(digits);
const columns: readonly Column[] = [
  { key: "nllOracle", title: "NLL oracle", format: decimals(3) },
  { key: "nllTest", title: "NLL test", format: decimals(3) },
  { key: "excess", title: "S", format: decimals(3), better: "lower" },
  { key: "temperature", title: "at T", format: decimals(2) },
  { key: "distinct", title: "distinct %", format: decimals(1) },
];

/** SeqGAN's synthetic data (arXiv 1609.05473), judged over all temperatures (arXiv 1811.02549). */
export const oracle: PublishedTable = {
  name: "oracle",
  summary: "text: a random LSTM's sequences learned; NLL both ways over all temperatures",
  source:
    "SeqGAN, arXiv 1609.05473 (NLL oracle at T = 1); Language GANs Falling Short, arXiv 1811.02549 (S of its own oracle)",
  columns,
  methods: oracleMethods.map((m) => m.name),
  data: lengths.map((l) => l.name),
  length: "epochs",
  run: async ({
    quick,
    full,
    epochs,
    seeds,
    methods,
    data,
    out,
    jobs,
    oracle: file,
    onProgress,
  }) => {
    const folder = join(out ?? "reproduced", "oracle-runs");
    const chosen = choose("method", oracleMethods, methods);
    const sets = choose("data set", lengths, data ?? [lengths[0]?.name as string]);
    const size = quick ? { sequences: 200, judged: 100 } : { sequences, judged };
    const cells = sets.flatMap(({ name: set }) => chosen.map((method) => ({ set, method })));
    const work = cells.flatMap(({ set, method }) =>
      Array.from({ length: seeds }, (_, i): KeptOracle => {
        const length = Number(set.split("-")[1]);
        const recipe = recipeOf(method, { quick, full, epochs });
        const job = { recipe, oracle: file ?? 1, length, ...size, seed: i + 1 };
        return { job, folder, name: `${set}-${slug(method.name)}-seed${job.seed}` };
      }),
    );
    const message = `${cells.length} methods x ${seeds} seeds`;
    const outcomes = await runJobs(oracleWork, work, jobs, {
      onProgress: (fraction) => onProgress?.({ fraction, message }),
    });
    const of = (cell: number) => outcomes.slice(cell * seeds, (cell + 1) * seeds);
    const rows = cells.map(({ set, method }, i) => row(method, set, of(i)));
    const floors = Object.fromEntries(
      sets.map(({ name }) => {
        const at = cells.findIndex((c) => c.set === name);
        const { floor } = of(at)[0] as OracleOutcome;
        return [name, { nllOracle: floor, nllTest: floor, excess: 0, distinct: 100 }];
      }),
    );
    const shown = sets[0]?.name as string;
    return {
      rows,
      floors: {},
      floorsByData: floors,
      protocol: `oracle ${file ?? "of seed 1"}, ${size.sequences} sequences to learn from, ${size.judged} judged at each of ${(outcomes[0] as OracleOutcome).sweep.length} temperatures; NLL at T = 1, nats a token; S = least NLL oracle + NLL test over the temperatures, less twice the oracle's own; seeds 1 to ${seeds}; outcomes kept in ${folder}`,
      picture: picture(shown, cells, of, Number(floors[shown]?.nllOracle)),
    };
  },
};

/** How a method is run: shortly, as published, or with other passes over the data. */
function recipeOf(
  { recipe, full: whole = recipe, quick: short }: OracleMethod,
  { quick, full, epochs }: Pick<ReproduceOptions, "quick" | "full" | "epochs">,
): OracleRecipe {
  const { generator, stages } = full ? whole : recipe;
  return { generator, stages: quick ? shortened(stages, short) : withPasses(stages, epochs) };
}

function row(method: OracleMethod, data: string, outcomes: readonly OracleOutcome[]): TableRow {
  const bySeed = outcomes.map(figures);
  const ours = meanFigures(columns, bySeed);
  const { name, theirs = {}, note } = method;
  return { method: name, data, ours, theirs, seeds: outcomes.length, bySeed, note };
}

/** NLLs as they are at T = 1, the rest at the temperature that is best. */
function figures({ floor, sweep }: OracleOutcome): Figures {
  const sum = (p: SweepPoint) => p.nllOracle + p.nllTest;
  const best = sweep.reduce((a, b) => (sum(b) < sum(a) ? b : a));
  const plain = sweep.find((p) => p.temperature === 1) ?? best;
  return {
    nllOracle: plain.nllOracle,
    nllTest: plain.nllTest,
    excess: sum(best) - 2 * floor,
    temperature: best.temperature,
    distinct: 100 * best.distinct,
  };
}

/** Quality against diversity, seed 1: towards the lower left is better. */
function picture(
  set: string,
  cells: readonly { readonly set: string; readonly method: OracleMethod }[],
  of: (cell: number) => readonly OracleOutcome[],
  floor: number,
): string {
  const curves = cells.flatMap(({ set: own, method }, i) => {
    if (own !== set) return [];
    const { sweep } = of(i)[0] as OracleOutcome;
    const points = sweep.map((p) => [p.nllTest, p.nllOracle] as const);
    return [
      { label: method.name, colour: curveColours[i % curveColours.length] as string, points },
    ];
  });
  return drawCurves({
    title: `Oracle, ${set.replace("-", " ")}: quality against diversity`,
    x: "NLL test: what the generator thinks of real sequences",
    y: "NLL oracle of its samples",
    curves: [...curves, { label: "the oracle itself", colour: "#999", points: [[floor, floor]] }],
  });
}
