/**
 * What the doctor measured of a game at one step. Logits are D's of clean samples, as in training
 * (batch statistics of their own); `held` is of reals that training never sees.
 */
export interface Checkup {
  readonly step: number;
  /** Thousands of real samples shown so far. */
  readonly kimg: number;
  /** Each player's loss on a batch of the doctor's own. */
  readonly discriminatorLoss: number;
  readonly generatorLoss: number;
  /** Mean logits of training reals, held-out reals and fakes. */
  readonly realLogit: number;
  readonly heldLogit?: number;
  readonly fakeLogit: number;
  /** Share of pairs of a training real and a fake that D ranks rightly: 1 perfect, 0.5 blind. */
  readonly ranked: number;
  /** Shares that D judges rightly, cut halfway between the mean logits of training reals and fakes. */
  readonly realRight: number;
  readonly heldRight?: number;
  readonly fakeRight: number;
  /** Share of pairs of a training and a held-out real of which D finds the training one more real. */
  readonly recognised?: number;
  /** Lengths of the gradients of each player's loss. */
  readonly discriminatorGradient: number;
  readonly generatorGradient: number;
  /** Sizes of the terms that regularizers add, by phase and name, such as `d.r1`. */
  readonly penalties: Readonly<Record<string, number>>;
  /** Mean distance between samples over that between data: 1 as varied, 0 all alike. */
  readonly diversity: number;
  /** Share of the data in whose neighbourhood a sample lies. */
  readonly coverage: number;
  /** Lengths of each player's weights over their lengths at the start. */
  readonly discriminatorGrowth: number;
  readonly generatorGrowth: number;
  /** Length of (average - weights) of G over that of its weights; absent without an average. */
  readonly averageDistance?: number;
}

/** D's mean logit of training reals above that of fakes. */
export function logitGap({ realLogit, fakeLogit }: Checkup): number {
  return realLogit - fakeLogit;
}

/** A checkup as curves: names to numbers. */
export function checkupValues({ step: _s, kimg: _k, penalties, ...values }: Checkup) {
  const terms = Object.entries(penalties).map(([name, x]) => [`penalty.${name}`, x] as const);
  return { ...values, ...Object.fromEntries(terms) } as Record<string, number>;
}
