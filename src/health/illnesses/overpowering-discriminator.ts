import { logitGap } from "../checkup.ts";
import { evenRates, evenSteps, withRegularizer } from "../cures.ts";
import { type Illness, lasting, percent } from "../illness.ts";

const checkups = 4;
/** D ranks nearly every pair rightly, */
const ranked = 0.99;
/** and its loss is as good as nothing: what is left of it moves G no more. */
const leastLoss = 0.05;

/**
 * D tells fakes so surely that its loss vanishes: G learns next to nothing from it (arXiv 1701.04862).
 * Early on a healthy D is nearly as sure, but its loss stays well above 0.
 */
export const overpoweringDiscriminator: Illness = {
  name: "overpowering-discriminator",
  summary: "D is never wrong and its loss has vanished: G gets no signal",
  advice: "make the discriminator weaker",
  recognise: (history) => {
    const signs = lasting(
      history,
      checkups,
      (c) => c.ranked >= ranked && c.discriminatorLoss >= 0 && c.discriminatorLoss < leastLoss,
    );
    const now = signs?.at(-1);
    if (!signs || !now) return undefined;
    return {
      since: signs[0]?.step ?? now.step,
      seen:
        `the discriminator tells ${percent(now.ranked)} of fakes from reals with a loss of ` +
        `${now.discriminatorLoss.toPrecision(2)} and a logit gap of ${logitGap(now).toFixed(1)}, and the generator gets no signal`,
    };
  },
  cure: (config, times) => [
    ...evenSteps(config),
    ...evenRates(config),
    ...withRegularizer(config, "r1", { gamma: 4 ** times }),
  ],
};
