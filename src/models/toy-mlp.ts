import type { Players } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { linear, type Scope } from "../nn/index.ts";

/** Hidden layers of one player. */
export interface ToyNetwork {
  readonly layers: number;
  readonly width: number;
}

export interface ToyMlpOptions {
  readonly generator: ToyNetwork;
  readonly discriminator: ToyNetwork;
  readonly noise: { readonly size: number; readonly distribution: "normal" | "uniform" };
}

/**
 * Small fully connected players for points in the plane: hidden layers with LeakyReLU(0.2), linear at the
 * end. Uniform noise is spread over [-1, 1). D takes [N,2], or with packing [N/m,2m].
 */
export function toyMlp({ generator, discriminator, noise }: ToyMlpOptions): Players {
  return {
    latent: noise.size,
    noise: noise.distribution,
    classes: 0,
    independentSamples: true,
    generator: (s: Scope, z: Value) => {
      const spread = ops.sub(ops.mul(z, ops.scalar(2)), ops.scalar(1));
      return stack(s, noise.distribution === "uniform" ? spread : z, generator, 2);
    },
    discriminator: (s: Scope, points: Value) => stack(s, points, discriminator, 1),
  };
}

function stack(s: Scope, x: Value, { layers, width }: ToyNetwork, outputs: number): Value {
  let h = x;
  for (let i = 0; i < layers; i++) h = ops.leakyRelu(linear(s.at(`fc${i}`), h, width), 0.2);
  return linear(s.at("out"), h, outputs);
}
