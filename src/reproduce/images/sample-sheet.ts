import { encodePng } from "../../data/image-grid.ts";
import { escapeText } from "../../util/svg.ts";

/** A row of the sheet: images of one method, or words in their place. */
export interface SheetRow {
  readonly title: string;
  readonly subtitle: string;
  readonly images?: {
    /** [n,C,size,size] in [-1, 1]. */
    readonly samples: Float32Array;
    readonly channels: number;
    readonly size: number;
  };
}

export interface SheetBlock {
  readonly title: string;
  readonly rows: readonly SheetRow[];
}

/** Pixels of the picture. */
const side = 56;
const margin = 16;
const label = 230;
const rowHeight = side + 8;
const headHeight = 34;

/** Samples of one method a row, its name on the left; one block of rows for each data set. As SVG. */
export async function drawSheet(blocks: readonly SheetBlock[], across: number): Promise<string> {
  const parts: string[] = [];
  let y = margin;
  for (const { title, rows } of blocks) {
    parts.push(text(margin, y + 16, title, 16, "#000", true));
    y += headHeight;
    for (const row of rows) {
      parts.push(text(margin, y + 24, row.title, 13, "#000", true));
      parts.push(text(margin, y + 42, row.subtitle, 11, "#555"));
      if (row.images) parts.push(await strip(row.images, margin + label, y, across));
      y += rowHeight;
    }
    y += margin;
  }
  const width = 2 * margin + label + across * side;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${width}" height="${y}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>`
  );
}

async function strip(
  { samples, channels, size }: NonNullable<SheetRow["images"]>,
  x: number,
  y: number,
  across: number,
): Promise<string> {
  const length = channels * size * size;
  const columns = Math.min(across, samples.length / length);
  const shown = samples.subarray(0, columns * length);
  // Enlarged without blur to twice the size in the picture, which is drawn at twice its size.
  const scale = Math.max(1, Math.round((2 * side) / size));
  const png = await encodePng(shown, { channels: channels as 1 | 3, size, columns, scale });
  const href = `data:image/png;base64,${png.toString("base64")}`;
  return `<image x="${x}" y="${y}" width="${columns * side}" height="${side}" xlink:href="${href}"/>`;
}

function text(x: number, y: number, words: string, size: number, fill: string, bold = false) {
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${weight}>${escapeText(words)}</text>`;
}
