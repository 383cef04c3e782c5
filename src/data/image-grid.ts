import sharp from "sharp";
import { usageError } from "../util/errors.ts";

/** The shape of `samples`: [n, channels, size, size]. */
export interface GridShape {
  readonly channels: 1 | 3;
  readonly size: number;
  /** Pictures in a row; default: about as many as rows. */
  readonly columns?: number;
}

/** Pictures side by side as bytes [height, width, 3]. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/**
 * A sample grid as PNG. `samples`: [n, C, H, W] in [-1, 1] (clamped; NaN shows black). `scale`
 * enlarges each pixel to a square. Throws a usage error when the length does not fit the shape.
 */
export async function encodePng(
  samples: Float32Array,
  shape: GridShape & { readonly scale?: number },
): Promise<Buffer> {
  const { width, height, rgb } = compose(samples, shape);
  const scale = shape.scale ?? 1;
  if (!Number.isSafeInteger(scale) || scale < 1 || scale > 16) {
    throw usageError(`scale must be a whole number from 1 to 16, received ${scale}.`);
  }
  const image = sharp(rgb, { raw: { width, height, channels: 3 } });
  if (scale > 1) image.resize(width * scale, height * scale, { kernel: "nearest" });
  if (shape.channels === 1) image.toColourspace("b-w");
  return image.png().toBuffer();
}

/** What a terminal can show. */
export type TerminalColours = "truecolor" | "256" | "grey";

/** The colours of a terminal, from the environment (no-color.org, COLORTERM, TERM). */
export function terminalColours(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): TerminalColours {
  if (env.NO_COLOR || !isTerminal || env.TERM === "dumb") return "grey";
  if (env.COLORTERM === "truecolor" || env.COLORTERM === "24bit") return "truecolor";
  return /256color|direct/.test(env.TERM ?? "") ? "256" : "grey";
}

const ramp = " .:-=+*#%@";

/**
 * A sample grid for the terminal, at most `width` characters wide: two pixels a character by half
 * blocks, or ASCII shades (dark to light) where there are no colours. Lines end with a newline.
 */
export function terminalGrid(
  samples: Float32Array,
  options: GridShape & { readonly width?: number; readonly colours?: TerminalColours },
): string {
  const width = options.width ?? 80;
  if (!Number.isSafeInteger(width) || width < 1) {
    throw usageError(`width must be a whole number of characters >= 1, received ${width}.`);
  }
  const colours = options.colours ?? "truecolor";
  const canvas = shrink(compose(samples, options), width);
  return colours === "grey" ? asciiLines(canvas) : blockLines(canvas, colours);
}

function compose(samples: Float32Array, { channels, size, columns }: GridShape): Canvas {
  const area = size * size;
  const each = channels * area;
  const n = samples.length / each;
  if (!Number.isSafeInteger(size) || size < 1 || !Number.isInteger(n) || n < 1) {
    throw usageError(
      `samples must hold one picture or more of ${channels} x ${size} x ${size}, received ${samples.length} numbers.`,
    );
  }
  const across = columns ?? Math.ceil(Math.sqrt(n));
  if (!Number.isSafeInteger(across) || across < 1) {
    throw usageError(`columns must be a whole number >= 1, received ${columns}.`);
  }
  const columnCount = Math.min(across, n);
  const width = columnCount * size;
  const height = Math.ceil(n / columnCount) * size;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < n; i++) {
    const left = (i % columnCount) * size;
    const top = Math.floor(i / columnCount) * size;
    for (let k = 0; k < area; k++) {
      const at = 3 * ((top + Math.floor(k / size)) * width + left + (k % size));
      for (let c = 0; c < 3; c++) {
        const from = i * each + (channels === 3 ? c * area : 0) + k;
        rgb[at + c] = toByte(samples[from] as number);
      }
    }
  }
  return { width, height, rgb };
}

/** [-1, 1] -> 0..255, the inverse of reading a byte. */
function toByte(v: number): number {
  return Math.min(255, Math.max(0, Math.round((v + 1) * 127.5)));
}

/** Averages over areas until the canvas is at most `width` wide; never enlarges. */
function shrink(canvas: Canvas, width: number): Canvas {
  if (canvas.width <= width) return canvas;
  const scale = canvas.width / width;
  const height = Math.max(1, Math.round(canvas.height / scale));
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const y0 = Math.floor((y * canvas.height) / height);
    const y1 = Math.max(y0 + 1, Math.floor(((y + 1) * canvas.height) / height));
    for (let x = 0; x < width; x++) {
      const x0 = Math.floor(x * scale);
      const x1 = Math.max(x0 + 1, Math.floor((x + 1) * scale));
      const area = (y1 - y0) * (x1 - x0);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let v = y0; v < y1; v++) {
          for (let u = x0; u < x1; u++) sum += canvas.rgb[3 * (v * canvas.width + u) + c] as number;
        }
        rgb[3 * (y * width + x) + c] = Math.round(sum / area);
      }
    }
  }
  return { width, height, rgb };
}

function blockLines({ width, height, rgb }: Canvas, colours: "truecolor" | "256"): string {
  const code = (y: number, x: number): string => {
    const at = 3 * (y * width + x);
    const [r, g, b] = rgb.subarray(at, at + 3) as unknown as [number, number, number];
    return colours === "truecolor" ? `2;${r};${g};${b}` : `5;${palette(r, g, b)}`;
  };
  let out = "";
  for (let y = 0; y < height; y += 2) {
    let last = "";
    for (let x = 0; x < width; x++) {
      const below = y + 1 < height ? `48;${code(y + 1, x)}` : "49";
      const style = `\x1b[38;${code(y, x)};${below}m`;
      if (style !== last) out += style;
      last = style;
      out += "▀";
    }
    out += "\x1b[0m\n";
  }
  return out;
}

/** The nearest of xterm's 6 x 6 x 6 colours, or of its 24 greys when the colour is nearly grey. */
function palette(r: number, g: number, b: number): number {
  if (Math.max(r, g, b) - Math.min(r, g, b) < 12) {
    const grey = Math.round(((r + g + b) / 3 - 8) / 10);
    if (grey < 0) return 16;
    return grey > 23 ? 231 : 232 + grey;
  }
  const level = (v: number): number => (v < 48 ? 0 : v < 115 ? 1 : Math.round((v - 55) / 40));
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}

/** Characters are about twice as high as wide, so each one stands for two rows. */
function asciiLines({ width, height, rgb }: Canvas): string {
  let out = "";
  for (let y = 0; y < height; y += 2) {
    let line = "";
    const rows = Math.min(2, height - y);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = y; v < y + rows; v++) {
        for (let c = 0; c < 3; c++) sum += rgb[3 * (v * width + x) + c] as number;
      }
      line += ramp[Math.min(ramp.length - 1, Math.floor((sum / (3 * rows) / 256) * ramp.length))];
    }
    out += `${line.trimEnd()}\n`;
  }
  return out;
}
