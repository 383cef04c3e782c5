import type { Checkup } from "../checkup.ts";
import { lessMomentum, rateOf, withRate, withRegularizer } from "../cures.ts";
import { type Illness, meanOf, percent } from "../illness.ts";

const checkups = 6;
/** At first every game swings. */
const leastKimg = 16;
/** A game that covers this much has arrived, swings or not. */
const arrived = 0.6;
/** Ways that coverage, or diversity, goes up and down over those checkups, */
const coverageWay = 0.6;
const diversityWay = 1.5;
/** while the later half covers hardly more than the earlier. */
const gain = 0.1;

/**
 * The players circle each other instead of approaching (arXiv 1801.04406): samples move from one part
 * of the data to another and settle nowhere.
 */
export const oscillation: Illness = {
  name: "oscillation",
  summary: "samples wander about the data and settle nowhere: the players circle each other",
  advice: "damp the game",
  recognise: (history) => {
    const last = history.slice(-checkups);
    if (last.length < checkups || (last[0]?.kimg ?? 0) < leastKimg) return undefined;
    const most = Math.max(...last.map((c) => c.coverage));
    const least = Math.min(...last.map((c) => c.coverage));
    const half = checkups / 2;
    const coverage = (c: Checkup) => c.coverage;
    const gained = meanOf(last.slice(half), coverage) - meanOf(last.slice(0, half), coverage);
    const swings =
      way(last, coverage) >= coverageWay || way(last, (c) => c.diversity) >= diversityWay;
    if (most >= arrived || gained >= gain || !swings) return undefined;
    return {
      since: last[0]?.step ?? 0,
      seen: `over ${checkups} checkups samples covered ${percent(least)} to ${percent(most)} of the data in turn, and did not settle`,
    };
  },
  cure: (config, times) => [
    ...withRegularizer(config, "r1", { gamma: 1 }),
    ...lessMomentum(config),
    ...(times === 0
      ? []
      : (["discriminator", "generator"] as const).map((player) =>
          withRate(config, player, rateOf(config, player) / 2),
        )),
  ],
};

/** How far a figure goes up and down in all. */
function way(history: readonly Checkup[], figure: (c: Checkup) => number): number {
  return history
    .slice(1)
    .reduce((sum, c, i) => sum + Math.abs(figure(c) - figure(history[i] as Checkup)), 0);
}
