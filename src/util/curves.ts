import { escapeText, type Legend } from "./svg.ts";

export interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface CurvePlot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
}

const [width, height, left, top, right, bottom] = [520, 420, 64, 46, 16, 70];

/** Curves of y over x with marks at their points, axes and a legend. */
export function drawCurves({ title, x, y, curves }: CurvePlot): string {
  const all = curves.flatMap((c) => c.points);
  const xs = all.map(([px]) => px);
  const ys = all.map(([, py]) => py);
  const [x0, x1, y0, y1] = [...around(xs), ...around(ys)] as const;
  const at = (px: number, py: number): [number, number] => [
    left + ((px - x0) / (x1 - x0)) * (width - left - right),
    height - bottom - ((py - y0) / (y1 - y0)) * (height - top - bottom),
  ];
  const path = (points: readonly (readonly [number, number])[]) =>
    points
      .map(([px, py], i) => {
        const [sx, sy] = at(px, py);
        return `${i === 0 ? "M" : "L"}${sx.toFixed(1)} ${sy.toFixed(1)}`;
      })
      .join("");
  const drawn = curves.map(({ colour, points }) => {
    const marks = points.map(([px, py]) => {
      const [sx, sy] = at(px, py);
      return `<circle cx="${sx.toFixed(1)}" cy="${sy.toFixed(1)}" r="3" fill="${colour}"/>`;
    });
    return `<path d="${path(points)}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join("")}`;
  });
  const ticks = [
    ...marksOf(x0, x1).map((v) => {
      const [sx] = at(v, y0);
      return `<text x="${sx}" y="${height - bottom + 18}" font-size="11" text-anchor="middle">${v}</text>`;
    }),
    ...marksOf(y0, y1).map((v) => {
      const [, sy] = at(x0, v);
      return `<text x="${left - 8}" y="${sy + 4}" font-size="11" text-anchor="end">${v}</text>`;
    }),
  ];
  const legend: Legend[] = curves.map(({ colour, label }) => ({ colour, text: label }));
  const keys = legend.map(
    ({ colour, text }) => `<tspan fill="${colour}">\u25cf</tspan> ${escapeText(text)}`,
  );
  const frame = `x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="DejaVu Sans, Helvetica, Arial, sans-serif"><rect width="100%" height="100%" fill="#fff"/>` +
    `<rect ${frame} fill="#fafafa" stroke="#ccc"/>` +
    `<text x="${left}" y="28" font-size="15" font-weight="bold">${escapeText(title)}</text>` +
    `${drawn.join("")}${ticks.join("")}` +
    `<text x="${(left + width) / 2}" y="${height - bottom + 38}" font-size="12" text-anchor="middle">${escapeText(x)}</text>` +
    `<text transform="translate(18 ${(top + height - bottom) / 2}) rotate(-90)" font-size="12" text-anchor="middle">${escapeText(y)}</text>` +
    `<text x="${left}" y="${height - 10}" font-size="12">${keys.join(" \u00a0 ")}</text></svg>`
  );
}

/** Plots of `drawCurves` in rows of `columns`. */
export function drawPlots(plots: readonly CurvePlot[], columns: number): string {
  const placed = plots.map((plot, i) => {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
    return `<svg x="${x}" y="${y}" width="${width}" height="${height}">${drawCurves(plot)}</svg>`;
  });
  const [wide, high] = [Math.min(columns, plots.length), Math.ceil(plots.length / columns)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide * width}" height="${high * height}">` +
    `${placed.join("")}</svg>`
  );
}

/** Colours for the curves of a plot, in order; the last is that of what is real. */
export const curveColours = ["#1f618d", "#c0392b", "#1e8449", "#7d3c98", "#b9770e"];
export const realColour = "#777";

/** Bounds with a little room around all values. */
function around(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.06 * (most - least) || 1;
  return [least - room, most + room];
}

/** Round numbers between the bounds, at most ten of them. */
function marksOf(low: number, high: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10((high - low) / 10));
  const step = [1, 2, 5, 10]
    .map((k) => k * magnitude)
    .find((x) => (high - low) / x <= 10) as number;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  // Sums of tenths are not round.
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}
