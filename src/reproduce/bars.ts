import { escapeText } from "../util/svg.ts";

export interface BarRow {
  readonly label: string;
  /** One for each series; undefined draws none. */
  readonly values: readonly (number | undefined)[];
}

const left = 260;
const longest = 420;
const thick = 14;
const colours = ["#c0392b", "#2471a3"];

/** Bars in rows, each row on a scale of its own, with what the colours stand for below. */
export function drawBars(rows: readonly BarRow[], series: readonly string[]): string {
  const step = series.length * (thick + 2) + 14;
  const height = rows.length * step + 56;
  const body = rows.map(({ label, values }, i) => {
    const top = 16 + i * step;
    const most = Math.max(1e-12, ...values.map((x) => (x !== undefined && x < 1e300 ? x : 0)));
    const bars = values.map((x, k) => {
      if (x === undefined) return "";
      const y = top + k * (thick + 2);
      const length = Math.min(1, x / most) * longest;
      const text = Number.isFinite(x) ? x.toPrecision(3) : "diverged";
      return (
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${thick}" fill="${colours[k]}"/>` +
        `<text x="${(left + length + 6).toFixed(1)}" y="${y + thick - 2}" font-size="12">${text}</text>`
      );
    });
    return `<text x="16" y="${top + thick}" font-size="13">${escapeText(label)}</text>${bars.join("")}`;
  });
  const keys = series.map(
    (text, k) => `<tspan fill="${colours[k]}">\u25cf</tspan> ${escapeText(text)}`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + longest + 90}" height="${height}" ` +
    `font-family="DejaVu Sans, Helvetica, Arial, sans-serif"><rect width="100%" height="100%" fill="#fff"/>` +
    `${body.join("")}<text x="16" y="${height - 16}" font-size="13">${keys.join(" \u00a0 ")}</text></svg>`
  );
}
