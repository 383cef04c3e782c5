import { evenRates, evenSteps, withRegularizer } from "../cures.ts";
import { type Illness, lasting, meanOf, percent } from "../illness.ts";

const checkups = 4;
/** Below half, D takes fakes for more real than reals; */
const blind = 0.5;
/** this is how often on average. */
const fooled = 0.4;

/**
 * G runs ahead: D, too slow, ranks fakes above reals, and leads G astray. A healthy D at its limits
 * guesses, half right.
 */
export const overpoweringGenerator: Illness = {
  name: "overpowering-generator",
  summary: "D keeps ranking fakes above reals: G moves faster than D can follow",
  advice: "make the discriminator keep up with the generator",
  recognise: (history) => {
    const signs = lasting(history, checkups, (c) => c.ranked < blind);
    if (!signs || meanOf(signs, (c) => c.ranked) >= fooled) return undefined;
    const wrong = 1 - meanOf(signs, (c) => c.ranked);
    return {
      since: signs[0]?.step ?? 0,
      seen: `over ${signs.length} checkups the discriminator ranked fakes above reals in ${percent(wrong)} of pairs, so the generator outruns it`,
    };
  },
  cure: (config, times) => [
    ...evenSteps({ ...config, discriminatorSteps: 1 }),
    ...evenRates(config),
    ...withRegularizer(config, "r1", { gamma: 1 }),
    ...(times > 0 ? [`discriminatorSteps=${(config.discriminatorSteps ?? 1) + 1}`] : []),
  ],
};
