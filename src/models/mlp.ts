import { z } from "zod";
import type { GanModel } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import { elementCount, type Value } from "../graph/value.ts";
import { batchNorm, linear, type Scope } from "../nn/index.ts";
import type { ModelDefinition } from "./definition.ts";

const schema = z.strictObject({
  /** Length of z. */
  latent: z.int().min(1).max(4096).default(100),
});

/**
 * The article's fully connected GAN: G latent-256-512-1024-(C H W), each hidden layer linear ->
 * LeakyReLU(0.2) -> batch norm, tanh at the end; D (C H W)-512-256-1 with LeakyReLU(0.2).
 * Differs: D ends in its logit; the sigmoid is part of the loss, which is the same number computed
 * without overflow.
 */
export const mlp: ModelDefinition<z.output<typeof schema>> = {
  name: "mlp",
  summary: "the article's fully connected GAN (G 100-256-512-1024-pixels, D pixels-512-256-1)",
  schema,
  build: ({ latent }, image): GanModel => {
    const pixels = image.channels * image.size ** 2;
    return {
      image,
      latent,
      classes: 0,
      independentSamples: true,
      generator: (s: Scope, z: Value) => {
        let h = z;
        [256, 512, 1024].forEach((width, i) => {
          h = batchNorm(s.at(`bn${i}`), ops.leakyRelu(linear(s.at(`fc${i}`), h, width), 0.2));
        });
        const flat = ops.tanh(linear(s.at("out"), h, pixels));
        return ops.reshape(flat, [z.shape[0] as number, image.channels, image.size, image.size]);
      },
      discriminator: (s: Scope, images: Value) => {
        let h = ops.reshape(images, [
          images.shape[0] as number,
          elementCount(images.shape.slice(1)),
        ]);
        [512, 256].forEach((width, i) => {
          h = ops.leakyRelu(linear(s.at(`fc${i}`), h, width), 0.2);
        });
        return linear(s.at("out"), h, 1);
      },
    };
  },
};
