import type { Curve } from "../../runs/curves.ts";
import { curveColour } from "../runs/colours.ts";

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** As CSS. */
  readonly colour: string;
  readonly curve: Curve;
  readonly dash?: readonly number[];
}

/** One number of each of many things, over their steps; those that lack it are left out. */
export function curveBy<T>(
  all: readonly T[],
  stepOf: (one: T) => number,
  numberOf: (one: T) => number | undefined,
): Curve {
  const steps: number[] = [];
  const values: number[] = [];
  for (const one of all) {
    const value = numberOf(one);
    if (value === undefined) continue;
    steps.push(stepOf(one));
    values.push(value);
  }
  return { steps, values };
}

type Losses = Readonly<Record<string, number>>;

/** The lines of both players' losses, each in its own colour as in all charts of runs. */
export function lossLines<T>(
  all: readonly T[],
  stepOf: (one: T) => number,
  lossesOf: (one: T) => Losses,
  labels: { readonly d: string; readonly g: string },
): ChartLine[] {
  return [
    {
      label: labels.d,
      colour: curveColour("d.loss", 0),
      curve: curveBy(all, stepOf, (one) => lossesOf(one)["d.loss"]),
    },
    {
      label: labels.g,
      colour: curveColour("g.loss", 1),
      curve: curveBy(
        all,
        stepOf,
        (one) => lossesOf(one)["g.loss"] ?? lossesOf(one)["g-again.loss"],
      ),
    },
  ];
}
