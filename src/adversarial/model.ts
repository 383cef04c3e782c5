import type { Value } from "../graph/value.ts";
import type { Scope } from "../nn/scope.ts";

/** Square images, NCHW in [-1, 1]. */
export interface ImageShape {
  readonly channels: number;
  /** Height and width in pixels. */
  readonly size: number;
}

/** Samples that the discriminator judges, with what is known of them. */
export interface Judged {
  readonly samples: Value;
  /** The noise that they were made from; none for real ones. */
  readonly z?: Value | undefined;
  readonly labels?: Value | undefined;
}

/** The two players of a game. Building one again on the same scope shares its variables. */
export interface Players {
  /** Length of the noise vector z. */
  readonly latent: number;
  /** z ~ N(0, I) by default, or uniform in [0, 1). */
  readonly noise?: "normal" | "uniform";
  /** Number of classes that the players are conditioned on; 0 is unconditional. */
  readonly classes: number;
  /**
   * D's logit of a sample depends on that sample alone (no batch statistics): real and fake ones may
   * go through it as one batch.
   */
  readonly independentSamples?: boolean;
  /** z [N,latent] (labels i32 [N]) -> samples [N, ...sample]. */
  generator(s: Scope, z: Value, labels?: Value): Value;
  /** Samples [N, ...sample] (labels i32 [N]) -> logits [N,1], larger is more real. */
  discriminator(s: Scope, samples: Value, labels?: Value): Value;
  /**
   * Generators in two parts, z -> styles w -> samples: `generator` is `synthesize` of `styles`.
   * Path length is measured between them.
   */
  styles?(s: Scope, z: Value, labels?: Value): Value;
  synthesize?(s: Scope, styles: Value): Value;
  /**
   * A term [] of both players' losses besides the adversarial one, from a head on the discriminator
   * (scope `s`): what class, or which code, do the samples show? Undefined where there is nothing to say.
   */
  auxiliary?(s: Scope, judged: Judged): Value | undefined;
}

/** Players of a game of images [C,H,W] in [-1, 1]. */
export interface GanModel extends Players {
  readonly image: ImageShape;
}

/** What z is drawn from, for a leaf. */
export function noiseRole({ noise = "normal" }: Players) {
  return { kind: "noise", distribution: noise } as const;
}
