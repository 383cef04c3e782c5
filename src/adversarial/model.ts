import type { Value } from "../graph/value.ts";
import type { Scope } from "../nn/scope.ts";

/** Square images, NCHW in [-1, 1]. */
export interface ImageShape {
  readonly channels: number;
  /** Height and width in pixels. */
  readonly size: number;
}

/** The two players. Building a player again on the same scope shares its variables. */
export interface GanModel {
  readonly image: ImageShape;
  /** Length of the noise vector z ~ N(0, I). */
  readonly latent: number;
  /** Number of classes that the players are conditioned on; 0 is unconditional. */
  readonly classes: number;
  /**
   * D's logit of an image depends on that image alone (no batch statistics): real and fake images may
   * go through it as one batch.
   */
  readonly independentSamples?: boolean;
  /** z [N,latent] (labels i32 [N]) -> images [N,C,H,W] in [-1, 1]. */
  generator(s: Scope, z: Value, labels?: Value): Value;
  /** Images [N,C,H,W] (labels i32 [N]) -> logits [N,1], larger is more real. */
  discriminator(s: Scope, images: Value, labels?: Value): Value;
}
