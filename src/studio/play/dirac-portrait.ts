import { type DiracRules, diracField, diracTrajectory } from "../../reproduce/dirac-game.ts";

/** Half the side of the square of the portrait, and arrows along a side. */
export const portraitReach = 2;
export const portraitCells = 17;

/** The Dirac-GAN's phase portrait: where both players go from each point, and how one game went. */
export interface DiracPortrait {
  /** [theta, psi, ...] of the arrows' feet and [d theta, d psi, ...] of their ways. */
  readonly feet: readonly number[];
  readonly ways: readonly number[];
  /** [theta, psi, ...] step by step. */
  readonly path: readonly number[];
}

/** Gradient descent of `steps` steps; `discriminatorSteps` 0 moves both at once. */
export function diracPortrait(
  loss: string,
  penalties: Readonly<Record<"r1" | "gradientPenalty", number>>,
  schedule: { readonly discriminatorSteps: number; readonly stepSize: number },
): DiracPortrait {
  const rules: DiracRules = {
    loss: { name: loss },
    regularizers: [
      ...(penalties.r1 > 0 ? [{ name: "r1", gamma: penalties.r1 }] : []),
      ...(penalties.gradientPenalty > 0
        ? [{ name: "wgan-gp", weight: penalties.gradientPenalty }]
        : []),
    ],
  };
  const at = (k: number) => ((k / (portraitCells - 1)) * 2 - 1) * portraitReach;
  const feet: number[] = [];
  for (let i = 0; i < portraitCells; i++) {
    for (let j = 0; j < portraitCells; j++) feet.push(at(j), at(i));
  }
  const path = diracTrajectory(rules, { ...schedule, steps: 250 });
  return { feet, ways: diracField(rules, feet), path };
}
