import { join } from "node:path";
import {
  type Curve,
  type CurvePlot,
  curveColours,
  drawPlots,
  realColour,
} from "../../util/curves.ts";
import type { JsonObject } from "../../util/json.ts";
import { writeFileAtomic } from "../../util/node/files.ts";
import { pngOf } from "../../util/node/picture.ts";
import type { TextFigure, TextSweepPoint } from "./evaluate-text.ts";
import { recordTextMetrics } from "./finish-text.ts";
import type { TextRun } from "./text-run.ts";

/** The file of a run folder that shows quality against diversity. */
export const qualityPicture = "quality-diversity.png";

/** Quality and diversity as two figures, each of a metric: its value, or one of its details. */
interface TextTradeOff {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Diversity, and quality: metric and detail. */
  readonly across: readonly [metric: string, detail?: string];
  readonly up: readonly [metric: string, detail?: string];
}

/** The two pictures by which generators of text are compared. */
const tradeOffs: readonly TextTradeOff[] = [
  {
    title: "BLEU-3, best upper left",
    ...{ x: "Self-BLEU-3: how alike the texts are", y: "BLEU-3: phrases of real texts" },
    ...{ across: ["self-bleu", "selfBleu3"], up: ["bleu", "bleu3"] },
  },
  {
    title: "language models, best lower left",
    x: "reverse LM: NLL of real texts, by the generator's",
    y: "LM: NLL of the generator's texts, by real ones",
    ...{ across: ["reverse-lm"], up: ["lm"] },
  },
];

/** One generator's sweep in a picture. */
export interface NamedSweep {
  readonly label: string;
  readonly sweep: readonly TextSweepPoint[];
}

/**
 * Quality against diversity: a plot for each pair of metrics that was measured, in it a curve over the
 * temperatures for each generator, and the point of real texts; none where no pair was measured.
 */
export function tradeOffPlots(what: string, sweeps: readonly NamedSweep[]): CurvePlot[] {
  const figures = sweeps[0]?.sweep[0]?.metrics ?? {};
  const plotted = tradeOffs.filter(({ across, up }) => across[0] in figures && up[0] in figures);
  return plotted.map(({ title, x, y, across, up }) => {
    const curves = sweeps.map(({ label, sweep }, i): Curve => {
      const points = sweep.map(
        ({ metrics }) =>
          [numberOf(metrics[across[0]], across[1]), numberOf(metrics[up[0]], up[1])] as const,
      );
      return { label, colour: curveColours[i % curveColours.length] as string, points };
    });
    const points = [
      [floorOf(figures[across[0]], across[1]), floorOf(figures[up[0]], up[1])] as const,
    ];
    curves.push({ label: "real texts", colour: realColour, points });
    return { title: `${what}: ${title}`, x, y, curves };
  });
}

/** A metric's value, or one of its details. */
export function numberOf(figure: TextFigure | undefined, detail?: string): number {
  return Number(detail === undefined ? figure?.value : figure?.[detail]);
}

/** The same of real texts. */
export function floorOf(figure: TextFigure | undefined, detail?: string): number {
  return Number(detail === undefined ? figure?.floor : figure?.floorDetails[detail]);
}

/**
 * Draws a sweep that shows quality against diversity into a picture in the run's folder, and answers with
 * its name. Where T = 1 is among the temperatures, events and model card learn of it: they speak of the
 * generator as it is.
 */
export async function recordTextSweep(
  run: TextRun,
  sweep: readonly TextSweepPoint[],
): Promise<string | undefined> {
  const { recipe } = run.config;
  const plots = tradeOffPlots(recipe, [{ label: recipe, sweep }]);
  const file = plots.length > 0 ? qualityPicture : undefined;
  if (file) writeFileAtomic(join(run.path, file), await pngOf(drawPlots(plots, 2)));
  const plain = sweep.find(({ temperature }) => temperature === 1);
  if (plain) {
    const points = sweep as unknown as readonly JsonObject[];
    await recordTextMetrics(run, plain.metrics, { sweep: points, ...(file && { file }) });
  }
  return file;
}

/** The point of a sweep at T = 1, or the one nearest to it: what the generator learned to be. */
export function plainPoint(sweep: readonly TextSweepPoint[]): TextSweepPoint {
  const distance = (p: TextSweepPoint) => Math.abs(Math.log(p.temperature));
  return sweep.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}
