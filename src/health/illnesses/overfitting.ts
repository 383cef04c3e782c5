import { withRegularizer } from "../cures.ts";
import { type Illness, lasting, meanOf, percent } from "../illness.ts";

const checkups = 3;
/** Share of pairs in which D finds the training image the more real; 0.5 where it generalises. */
const known = 0.65;

/**
 * D has learnt the training images by heart: held-out ones look fake to it (the heuristic r_v of ADA,
 * arXiv 2006.06676). Differs: pairs that are ranked are counted, which needs no fakes and no scale.
 */
export const overfitting: Illness = {
  name: "overfitting",
  summary: "D finds training images more real than held-out ones: it knows them by heart",
  advice: "use more images, or regularize the discriminator more",
  recognise: (history) => {
    const signs = lasting(history, checkups, (c) => (c.recognised ?? 0) > known);
    const now = signs?.at(-1);
    if (!signs || now?.heldRight === undefined) return undefined;
    const share = meanOf(signs, (c) => c.recognised ?? 0);
    return {
      since: signs[0]?.step ?? now.step,
      seen: `the discriminator finds training images more real than held-out ones in ${percent(share)} of pairs, and takes ${percent(now.realRight)} of the former but ${percent(now.heldRight)} of the latter for real`,
    };
  },
  cure: (config, times) => withRegularizer(config, "r1", { gamma: 10 * 4 ** times }),
};
