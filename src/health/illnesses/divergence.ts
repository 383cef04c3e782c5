import type { Checkup } from "../checkup.ts";
import { rateOf, usualRate, withRate } from "../cures.ts";
import type { Illness } from "../illness.ts";

/** A player's weights have become so much longer since the checkup before. */
const leap = 1.8;

/**
 * Steps that are too long: the weights leap away from where they began, or a number is no longer
 * finite. At a bearable rate they grow by some per cent between two checkups.
 */
export const divergence: Illness = {
  name: "divergence",
  summary:
    "weights leap between checkups, or a number is not finite: the learning rate is too high",
  advice: "lower the learning rate",
  recognise: (history) => {
    const now = history.at(-1);
    if (!now) return undefined;
    const before = history.at(-2);
    for (const player of ["discriminator", "generator"] as const) {
      const growth = growthOf(player, now) / (before ? growthOf(player, before) : 1);
      if (growth < leap) continue;
      const from = before ? `since step ${before.step}` : "since the start";
      return {
        since: now.step,
        seen: `the ${player}'s weights became ${growth.toFixed(1)} times as long ${from}, with a mean logit of ${now.fakeLogit.toPrecision(2)} for fakes`,
      };
    }
    return undefined;
  },
  cure: (config, times) => {
    const next = (rate: number) => Math.min(rate / 10, usualRate) / 4 ** times;
    return (["discriminator", "generator"] as const).map((player) =>
      withRate(config, player, next(rateOf(config, player))),
    );
  },
};

function growthOf(player: "discriminator" | "generator", checkup: Checkup): number {
  return Math.max(
    1e-12,
    player === "generator" ? checkup.generatorGrowth : checkup.discriminatorGrowth,
  );
}
