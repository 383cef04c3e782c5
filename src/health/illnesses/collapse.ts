import { withRegularizer } from "../cures.ts";
import { type Illness, lasting, percent } from "../illness.ts";

const checkups = 4;
/** Before so many thousand samples a generator may still say only one thing. */
const leastKimg = 4;
/** Samples are alike: mean distance between them over that between data. */
const alike = 0.25;
/** Samples miss what they had: coverage over the best so far, */
const lost = 0.6;
/** where there was much to lose. */
const worthLosing = 0.5;

/** G makes few kinds of sample: all alike, or most of what it covered before is gone. */
export const collapse: Illness = {
  name: "collapse",
  summary: "samples are all alike, or cover much less of the data than before",
  advice: "regularize the discriminator, so that it sees what is missing",
  recognise: (history) => {
    const same = lasting(history, checkups, (c) => c.kimg >= leastKimg && c.diversity < alike);
    const now = history.at(-1);
    if (same && now) {
      return {
        since: same[0]?.step ?? now.step,
        seen: `samples differ by ${percent(now.diversity)} as much as the data do`,
      };
    }
    let best = 0;
    const marked = history.map((c) => {
      best = Math.max(best, c.coverage);
      return { ...c, best };
    });
    const fewer = lasting(
      marked,
      checkups,
      (c) => c.best >= worthLosing && c.coverage < lost * c.best,
    );
    if (!fewer || !now) return undefined;
    return {
      since: fewer[0]?.step ?? now.step,
      seen: `samples cover ${percent(now.coverage)} of the data after ${percent(best)} before`,
    };
  },
  cure: (config, times) => withRegularizer(config, "r1", { gamma: 4 ** times }),
};
