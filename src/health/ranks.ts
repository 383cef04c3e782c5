/** D's logits of training reals, held-out reals (perhaps none) and fakes. */
export interface JudgedLogits {
  readonly real: readonly number[];
  readonly held: readonly number[];
  readonly fake: readonly number[];
}

/** How surely D tells them apart: a checkup's logits and shares. */
export function ranks({ real, held, fake }: JudgedLogits) {
  const [realLogit, fakeLogit] = [mean(real), mean(fake)];
  const cut = (realLogit + fakeLogit) / 2;
  const above = (xs: readonly number[]) => mean(xs.map((x) => Number(x > cut)));
  return {
    realLogit,
    fakeLogit,
    realRight: above(real),
    fakeRight: 1 - above(fake),
    ranked: ranking(real, fake),
    ...(held.length > 0 && {
      heldLogit: mean(held),
      heldRight: above(held),
      recognised: ranking(real, held),
    }),
  };
}

/** Share of pairs in which a is above b; equal ones count half. */
function ranking(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const x of a) for (const y of b) sum += x > y ? 1 : x === y ? 0.5 : 0;
  return sum / (a.length * b.length);
}

function mean(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0) / xs.length;
}
