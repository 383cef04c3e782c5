/** Checkups come closer together at first: the interval is this share of what has been trained, */
const share = 1 / 3;
/** and at least this share of the regular one. */
const least = 1 / 16;

/**
 * The steps of the checkups of a run, from the first on: every `everyKimg` thousand real samples, at
 * first more often. Depends on nothing but its arguments, so that a resumed run keeps to it.
 */
export function* checkupSteps(everyKimg: number, samplesPerStep: number): Generator<number> {
  let kimg = 0;
  for (let step = 0; ; ) {
    kimg += Math.min(everyKimg, Math.max(everyKimg * least, kimg * share));
    const next = Math.round((kimg * 1000) / samplesPerStep);
    if (next <= step) continue;
    step = next;
    yield step;
  }
}
