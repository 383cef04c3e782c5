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
/** Between the lines of a legend. */
const lineHeight = 18;

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
  const legend = legendLines(curves).map((line, i) => {
    const keys = line.map(
      ({ colour, text }) => `<tspan fill="${colour}">\u25cf</tspan> ${escapeText(text)}`,
    );
    const baseline = height - 10 + i * lineHeight;
    return `<text x="${left}" y="${baseline}" font-size="12">${keys.join(" \u00a0 ")}</text>`;
  });
  const frame = `x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${heightOf(curves)}" ` +
    `font-family="DejaVu Sans, Helvetica, Arial, sans-serif"><rect width="100%" height="100%" fill="#fff"/>` +
    `<rect ${frame} fill="#fafafa" stroke="#ccc"/>` +
    `<text x="${left}" y="28" font-size="15" font-weight="bold">${escapeText(title)}</text>` +
    `${drawn.join("")}${ticks.join("")}` +
    `<text x="${(left + width) / 2}" y="${height - bottom + 38}" font-size="12" text-anchor="middle">${escapeText(x)}</text>` +
    `<text transform="translate(18 ${(top + height - bottom) / 2}) rotate(-90)" font-size="12" text-anchor="middle">${escapeText(y)}</text>` +
    `${legend.join("")}</svg>`
  );
}

/** The keys of a legend, as many in a line as fit. */
function legendLines(curves: readonly Curve[]): Legend[][] {
  // Sizes of letters differ: 7.5 is a wide one's.
  const room = (text: string) => 24 + 7.5 * text.length;
  const lines: Legend[][] = [];
  let used = Infinity;
  for (const { colour, label: text } of curves) {
    used += room(text);
    if (used > width - left) {
      lines.push([]);
      used = room(text);
    }
    lines.at(-1)?.push({ colour, text });
  }
  return lines;
}

function heightOf(curves: readonly Curve[]): number {
  return height + lineHeight * Math.max(0, legendLines(curves).length - 1);
}

/** Plots of `drawCurves` in rows of `columns`. */
export function drawPlots(plots: readonly CurvePlot[], columns: number): string {
  const tall = Math.max(...plots.map(({ curves }) => heightOf(curves)));
  const placed = plots.map((plot, i) => {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * tall];
    return `<svg x="${x}" y="${y}" width="${width}" height="${tall}">${drawCurves(plot)}</svg>`;
  });
  const [wide, high] = [Math.min(columns, plots.length), Math.ceil(plots.length / columns)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide * width}" height="${high * tall}">` +
    `${placed.join("")}</svg>`
  );
}

/** Colours for the curves of a plot, in order; the last is that of what is real. */
export const curveColours = [
  ...["#1f618d", "#c0392b", "#1e8449", "#7d3c98", "#b9770e"],
  ...["#17a2a2", "#d63384", "#6b8e23", "#5d4037", "#f39c12"],
];
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
