/** Pieces of SVG pictures; sizes in pixels. */

export interface Panel {
  readonly title: string;
  readonly subtitle: string;
  /** The part of the plane that is shown: [-reach, reach] along both axes. */
  readonly reach: number;
  readonly dots: readonly Dots[];
}

export interface Dots {
  /** x and y in turn. */
  readonly points: ArrayLike<number>;
  readonly colour: string;
  readonly radius: number;
  /** Joined by a line, in order. */
  readonly path?: boolean;
}

const side = 240;
const gap = 16;
const head = 46;

/** What a colour stands for. */
export interface Legend {
  readonly colour: string;
  readonly text: string;
}

const legendHeight = 28;

/** Panels side by side in rows of `columns`, on white, with the legend below. */
export function drawPanels(
  panels: readonly Panel[],
  columns: number,
  legend: readonly Legend[],
): string {
  const wide = Math.min(columns, panels.length);
  const width = gap + wide * (side + gap);
  const below = gap + Math.ceil(panels.length / columns) * (side + head + gap);
  const height = below + legendHeight;
  const body = panels.map((panel, i) => {
    const x = gap + (i % columns) * (side + gap);
    const y = gap + Math.floor(i / columns) * (side + head + gap);
    return `<g transform="translate(${x} ${y})">${drawPanel(panel)}</g>`;
  });
  const keys = legend.map(
    ({ colour, text }) => `<tspan fill="${colour}">\u25cf</tspan> ${escapeText(text)}`,
  );
  const line = `<text x="${gap}" y="${below + 8}" font-size="13">${keys.join(" \u00a0 ")}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="DejaVu Sans, Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="#fff"/>${body.join("")}${line}</svg>`
  );
}

function drawPanel({ title, subtitle, reach, dots }: Panel): string {
  const place = (v: number) => ((v / reach + 1) / 2) * side;
  const shapes = dots.map(({ points, colour, radius, path }) => {
    const at: [number, number][] = [];
    for (let i = 0; i + 1 < points.length; i += 2) {
      const x = place(points[i] as number);
      const y = side - place(points[i + 1] as number);
      if (Number.isFinite(x + y)) at.push([x, y]);
    }
    if (path) {
      const line = at.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`);
      return `<path d="${line.join("")}" fill="none" stroke="${colour}" stroke-width="${radius}"/>`;
    }
    const inside = at.filter(([x, y]) => x >= 0 && y >= 0 && x <= side && y <= side);
    return inside
      .map(
        ([x, y]) =>
          `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${colour}"/>`,
      )
      .join("");
  });
  return (
    `<text y="14" font-size="14" font-weight="bold">${escapeText(title)}</text>` +
    `<text y="34" font-size="12" fill="#555">${escapeText(subtitle)}</text>` +
    `<svg y="${head}" width="${side}" height="${side}">` +
    `<rect width="${side}" height="${side}" fill="#fafafa" stroke="#ccc"/>${shapes.join("")}</svg>`
  );
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
