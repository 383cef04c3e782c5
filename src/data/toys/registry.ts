import { unknownName } from "../../util/errors.ts";
import { parseWith } from "../../util/parse-with.ts";
import type { Random } from "../../util/random.ts";
import { disjoint } from "./disjoint.ts";
import { drawing } from "./drawing.ts";
import { gaussians } from "./gaussians.ts";
import { grid25 } from "./grid-25.ts";
import { line } from "./line.ts";
import { ring } from "./ring.ts";
import { ring8 } from "./ring-8.ts";
import { spiral } from "./spiral.ts";
import type { PlaneDistribution, Toy } from "./toy.ts";
import { twoMoons } from "./two-moons.ts";

/** Every distribution in the plane; a new one is a file here and an entry. */
export const toys = [
  ...[line, gaussians, ring, disjoint, drawing],
  ...[ring8, grid25, spiral, twoMoons],
] as unknown as readonly Toy[];

/** Which one, with its options: plain JSON. */
export interface ToySpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Throws a usage error for an unknown name or options that do not fit. */
export function toyOf({ name, ...given }: ToySpec): PlaneDistribution {
  const toy = toys.find((t) => t.name === name);
  if (!toy) {
    const known = toys.map((t) => t.name);
    throw unknownName("distribution", name, known);
  }
  return toy.build(parseWith(toy.schema, given, `distribution "${name}"`, "data"));
}

/** Fills `out` [n,2] with points. */
export function drawPoints(toy: PlaneDistribution, random: Random, out: Float32Array): void {
  for (let i = 0; i < out.length; i += 2) {
    const [x, y] = toy.draw(random);
    out[i] = x;
    out[i + 1] = y;
  }
}
