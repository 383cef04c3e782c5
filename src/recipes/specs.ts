/** Builders of the plain values that configurations hold: a name with checked options. */

/** A model with its image size; the options are those of the model's schema. */
export interface ModelSpec {
  readonly name: string;
  /** Height and width of the images in pixels. */
  readonly size: number;
  readonly channels?: 1 | 3 | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A loss, regularizer or optimizer by name, with options. */
export interface NamedSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

interface ImageOptions {
  readonly size: number;
  readonly channels?: 1 | 3;
  readonly [option: string]: unknown;
}

/** DCGAN (arXiv 1511.06434) at 28, 32, 64 or 128 pixels; options `latent`, `baseChannels`, `conditional`. */
export function dcgan(options: ImageOptions): ModelSpec {
  return model("dcgan", options);
}

/** The article's fully connected GAN; option `latent`. */
export function mlp(options: ImageOptions): ModelSpec {
  return model("mlp", options);
}

/** Any registered model by name. */
export function model(name: string, { size, channels, ...options }: ImageOptions): ModelSpec {
  return { name, size, channels, options };
}

/** -E log D(G(z)) for the generator (arXiv 1406.2661); options `smoothing`, `average`. */
export function nonSaturating(options: Readonly<Record<string, unknown>> = {}): NamedSpec {
  return { name: "non-saturating", ...options };
}

/** The zero-sum game V(D,G) (arXiv 1406.2661); options `smoothing`, `average`. */
export function minimax(options: Readonly<Record<string, unknown>> = {}): NamedSpec {
  return { name: "minimax", ...options };
}

/** gamma/2 E |grad D(x)|^2 on real images (arXiv 1801.04406). */
export function r1(options: { readonly gamma?: number } = {}): NamedSpec {
  return { name: "r1", ...options };
}
