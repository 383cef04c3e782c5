import { type Dots, drawPanels, type Panel } from "../util/svg.ts";
import { type DiracRules, diracTrajectory } from "./dirac-game.ts";
import { choose, type Figures, type PublishedTable, type TableRow } from "./table.ts";

interface Method extends DiracRules {
  readonly name: string;
  /** Final norms: simultaneous, alternating with 1 and with 5 D steps. */
  readonly theirs: readonly [number, number, number];
}

const methods: readonly Method[] = [
  { name: "GAN", loss: { name: "minimax" }, theirs: [3.1, 1.42, 1.85] },
  { name: "NSGAN", loss: { name: "non-saturating" }, theirs: [0.64, 0.284, 0.139] },
  { name: "WGAN, clip 1", loss: { name: "wasserstein", clip: 1 }, theirs: [1, 1.02, 0.917] },
  {
    name: "WGAN-GP .7",
    loss: { name: "wasserstein", clip: 0 },
    // The paper's lambda stands before half the square.
    regularizers: [{ name: "wgan-gp", weight: 0.35, target: 1 }],
    theirs: [1.8, 1.22, 0.716],
  },
  {
    name: "GAN + R1 .3",
    loss: { name: "minimax" },
    regularizers: [{ name: "r1", gamma: 0.3 }],
    theirs: [2.6e-6, 2.3e-7, 9e-34],
  },
  {
    name: "GAN + R1 1",
    loss: { name: "minimax" },
    regularizers: [{ name: "r1", gamma: 1 }],
    theirs: [9.5e-22, 7.5e-17, 5e-12],
  },
  {
    name: "NSGAN + R1 .3",
    loss: { name: "non-saturating" },
    regularizers: [{ name: "r1", gamma: 0.3 }],
    theirs: [2.2e-6, 1.5e-7, 4e-34],
  },
  {
    name: "consensus 1",
    loss: { name: "minimax" },
    regularizers: [{ name: "consensus", gamma: 1, own: false }],
    theirs: [2.1e-10, 1.3e-11, 5e-33],
  },
];

const stepSize = 0.2;
const steps = 500;
const schemes = [
  { key: "simultaneous", title: "simultaneous", discriminatorSteps: 0 },
  { key: "alternating1", title: "alternating, 1 D step", discriminatorSteps: 1 },
  { key: "alternating5", title: "alternating, 5 D steps", discriminatorSteps: 5 },
] as const;

/**
 * The Dirac-GAN (arXiv 1801.04406): data at 0, G a point at theta, D(x) = psi x, gradient descent with
 * step 0.2 from (1, 1), 500 steps; the figure is the norm of (theta, psi) at the end. In alternation G
 * moves first.
 * Differs: D's sign is the other way round here (large is real), so psi starts at -1.
 */
export const dirac: PublishedTable = {
  name: "dirac",
  summary: "the Dirac-GAN: which methods converge at all (seconds)",
  source: "Mescheder et al. 2018, arXiv 1801.04406, experiments on the Dirac-GAN",
  columns: schemes.map(({ key, title }) => ({ key, title, format: (x) => x.toPrecision(3) })),
  methods: methods.map((m) => m.name),
  instant: true,
  run: async ({ methods: wanted, onProgress }) => {
    const chosen = choose("method", methods, wanted);
    const rows: TableRow[] = [];
    const panels: Panel[] = [];
    for (const [i, method] of chosen.entries()) {
      onProgress?.({ fraction: i / chosen.length, message: method.name });
      const paths = schemes.map(({ discriminatorSteps }) =>
        diracTrajectory(method, { discriminatorSteps, stepSize, steps }),
      );
      const named = (values: readonly number[]): Figures =>
        Object.fromEntries(schemes.map(({ key }, k) => [key, values[k] as number]));
      const ours = named(
        paths.map((path) => Math.hypot(path.at(-2) as number, path.at(-1) as number)),
      );
      const theirs = named(method.theirs);
      rows.push({ method: method.name, ours, theirs, seeds: 1, bySeed: [ours], note: "" });
      panels.push(portrait(method.name, paths, ours));
    }
    return {
      rows,
      floors: Object.fromEntries(schemes.map(({ key }) => [key, 0])),
      protocol: `gradient descent, step ${stepSize}, ${steps} steps, f64; norm of (theta, psi) at the end`,
      picture: drawPanels(
        panels,
        4,
        schemes.map(({ title }, i) => ({ colour: colours[i] as string, text: title })),
      ),
    };
  },
};

const colours = ["#c0392b", "#2471a3", "#229954"];

function portrait(title: string, paths: readonly number[][], ours: Figures): Panel {
  const figures = schemes.map(({ key }) => (ours[key] as number).toPrecision(2));
  const lines = paths.map(
    (points, i): Dots => ({ points, colour: colours[i] as string, radius: 1, path: true }),
  );
  const ends = paths.map(
    (points, i): Dots => ({ points: points.slice(-2), colour: colours[i] as string, radius: 4 }),
  );
  return { title, subtitle: figures.join(" / "), reach: 3.2, dots: [...lines, ...ends] };
}
