import { contourDensity } from "d3-contour";
import { toyExtent } from "../../../data/toys/toy.ts";
import { fieldCells, manifoldLines, type PlayView, slopeCells } from "../../play/observer.ts";
import { channelsOf, faded } from "./colours.ts";

/** A canvas of so many pixels a side that shows the toys' square. */
export interface Plane {
  readonly context: CanvasRenderingContext2D;
  readonly side: number;
  readonly real: string;
  readonly fake: string;
  readonly ink: string;
}

/** Where a coordinate lies, in pixels from the left; from the top for y. */
const across = ({ side }: Plane, x: number) => ((x / toyExtent + 1) / 2) * side;
const down = ({ side }: Plane, y: number) => ((1 - y / toyExtent) / 2) * side;

/** Where D's opinion is painted, a pixel a cell; one for all pictures. */
let small: OffscreenCanvasRenderingContext2D | undefined;

/** What D thinks: blue where it says real, orange where it says made. */
export function drawField(plane: Plane, { field }: PlayView): void {
  const { context, side } = plane;
  small ??= new OffscreenCanvas(fieldCells, fieldCells).getContext("2d") ?? undefined;
  if (!small) return;
  const [real, fake] = [channelsOf(plane.real), channelsOf(plane.fake)];
  // Pixels at once: a rectangle for each cell takes ten times as long.
  const image = new ImageData(fieldCells, fieldCells);
  for (let i = 0; i < field.length; i++) {
    const p = 1 / (1 + Math.exp(-(field[i] as number)));
    // Stretched around 1/2: near the balance D's opinions are faint.
    const lean = 2 * p - 1;
    const row = fieldCells - 1 - Math.floor(i / fieldCells);
    const at = 4 * (row * fieldCells + (i % fieldCells));
    image.data.set(lean > 0 ? real : fake, at);
    image.data[at + 3] = 255 * 0.55 * Math.sqrt(Math.abs(lean));
  }
  small.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(small.canvas, 0, 0, side, side);
}

export function drawDots(plane: Plane, points: Float32Array, colour: string): void {
  const { context, side } = plane;
  const radius = Math.max(2, side / 200);
  context.fillStyle = faded(colour, 0.85);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [across(plane, points[i] as number), down(plane, points[i + 1] as number)];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}

/** Lines of equal density of points [n,2]. */
export function drawDensity(plane: Plane, points: Float32Array): void {
  const { context, real, side } = plane;
  const pairs: [number, number][] = [];
  for (let i = 0; i < points.length; i += 2) {
    pairs.push([across(plane, points[i] as number), down(plane, points[i + 1] as number)]);
  }
  const contours = contourDensity()
    .size([side, side])
    .bandwidth(side / 45)
    .thresholds(6)(pairs);
  context.lineWidth = Math.max(1, side / 700);
  context.strokeStyle = faded(real, 0.6);
  for (const { coordinates } of contours) {
    for (const ring of coordinates.flat()) {
      context.beginPath();
      ring.forEach(([x, y], i) => {
        if (i === 0) context.moveTo(x as number, y as number);
        else context.lineTo(x as number, y as number);
      });
      context.stroke();
    }
  }
}

/** Arrows from points [n,2] along ways [n,2]; the longest is `longest` pixels. */
export function drawArrows(
  plane: Plane,
  points: Float32Array,
  ways: Float32Array,
  { colour, longest }: { readonly colour: string; readonly longest: number },
): void {
  const { context, side } = plane;
  let greatest = 0;
  for (let i = 0; i < ways.length; i += 2) {
    greatest = Math.max(greatest, Math.hypot(ways[i] as number, ways[i + 1] as number));
  }
  if (greatest === 0) return;
  context.strokeStyle = faded(colour, 0.9);
  context.lineWidth = Math.max(1, side / 500);
  context.beginPath();
  for (let i = 0; i < ways.length; i += 2) {
    const [u, v] = [ways[i] as number, -(ways[i + 1] as number)];
    const length = Math.hypot(u, v);
    // The square root keeps short arrows to be seen beside long ones.
    const scale = (longest * Math.sqrt(length / greatest)) / (length || 1);
    const [x, y] = [across(plane, points[i] as number), down(plane, points[i + 1] as number)];
    const [endX, endY] = [x + u * scale, y + v * scale];
    context.moveTo(x, y);
    context.lineTo(endX, endY);
    const angle = Math.atan2(v, u);
    const head = Math.min(6, 0.35 * length * scale) * (side / 640);
    for (const turn of [2.6, -2.6]) {
      context.moveTo(endX, endY);
      context.lineTo(endX + head * Math.cos(angle + turn), endY + head * Math.sin(angle + turn));
    }
  }
  context.stroke();
}

/** Centres of the cells at which D's slopes are measured, [slopeCells^2,2]. */
export const slopeFeet = Float32Array.from({ length: 2 * slopeCells * slopeCells }, (_, k) => {
  const cell = Math.floor(k / 2);
  const place = k % 2 === 0 ? cell % slopeCells : Math.floor(cell / slopeCells);
  return (((place + 0.5) / slopeCells) * 2 - 1) * toyExtent;
});

/**
 * What G makes of an even grid of noise: each cell the darker, the smaller it has become. `morph` 0 shows
 * the noise itself, 1 where G takes it.
 */
export function drawManifold(plane: Plane, view: PlayView, morph: number): void {
  const { context, side, fake } = plane;
  const { manifold, gridNoise } = view;
  const n = manifoldLines;
  const size = gridNoise.length / (n * n);
  const [low, high] = [Math.min(...gridNoise), Math.max(...gridNoise)];
  const spread = (z: number) => (((z - low) / (high - low)) * 2 - 1) * 0.8 * toyExtent;
  const place = (k: number): [number, number] => {
    const from = [
      spread(gridNoise[size * k] as number),
      size === 2 ? spread(gridNoise[2 * k + 1] as number) : 0,
    ] as const;
    const to = [manifold[2 * k] as number, manifold[2 * k + 1] as number] as const;
    const mix = (a: number, b: number) => a + (b - a) * morph;
    return [across(plane, mix(from[0], to[0])), down(plane, mix(from[1], to[1]))];
  };
  context.lineWidth = Math.max(0.5, side / 900);
  if (size === 1) {
    context.strokeStyle = faded(fake, 0.9);
    context.lineWidth = Math.max(1.5, side / 350);
    context.beginPath();
    for (let k = 0; k < n * n; k++) context[k === 0 ? "moveTo" : "lineTo"](...place(k));
    context.stroke();
    return;
  }
  const whole = (side / n) ** 2;
  context.strokeStyle = faded(fake, 0.45);
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const at = row * n + column;
      const corners = [at, at + 1, at + n + 1, at + n].map(place);
      const area = polygonArea(corners);
      context.fillStyle = faded(fake, Math.min(0.75, Math.max(0.05, (0.12 * whole) / (area + 1))));
      context.beginPath();
      corners.forEach(([x, y], i) => {
        context[i === 0 ? "moveTo" : "lineTo"](x, y);
      });
      context.closePath();
      context.fill();
      context.stroke();
    }
  }
}

function polygonArea(corners: readonly (readonly [number, number])[]): number {
  let twice = 0;
  corners.forEach(([x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length] as readonly [number, number];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}
