// Trains a network and a loss of one's own: both are values that are registered by name.
//   node examples/own-model-and-loss.mjs [steps] [run folder]
import { mnist, nn, ops, registerLoss, registerModel, train } from "gansmith";
import { z } from "zod";

const [steps = "200", out] = process.argv.slice(2);

/** One hidden layer each. */
registerModel({
  name: "two-layers",
  summary: "a small fully connected GAN",
  schema: z.strictObject({ width: z.int().min(1).default(128) }),
  build({ width }, image) {
    const { channels, size } = image;
    const pixels = channels * size * size;
    return {
      image,
      latent: 16,
      classes: 0,
      generator(s, noise) {
        const h = ops.relu(nn.linear(s.at("hidden"), noise, width));
        const flat = ops.tanh(nn.linear(s.at("out"), h, pixels));
        return ops.reshape(flat, [noise.shape[0], channels, size, size]);
      },
      discriminator(s, images) {
        const flat = ops.reshape(images, [images.shape[0], pixels]);
        return nn.linear(
          s.at("out"),
          ops.leakyRelu(nn.linear(s.at("hidden"), flat, width), 0.2),
          1,
        );
      },
    };
  },
});

/** Least squares (arXiv 1611.04076): D aims at 1 for real and 0 for fake, G at 1 for fake. */
const distance = (logits, target) => {
  const off = ops.sub(logits, ops.scalar(target));
  return ops.reduceMean(ops.mul(off, off));
};
registerLoss({
  name: "squares",
  summary: "D: E (D(x) - 1)^2 + E D(G(z))^2, G: E (D(G(z)) - 1)^2",
  schema: z.strictObject({}),
  discriminator: ({ real, fake }) => ops.add(distance(real, 1), distance(fake, 0)),
  generator: ({ fake }) => distance(fake, 1),
});

const run = await train({
  model: { name: "two-layers", width: 64, size: 16 },
  data: mnist(),
  loss: { name: "squares" },
  batch: 32,
  steps: Number(steps),
  ...(out && { out }),
});
const images = await run.sample(4);
console.log(`${run.path}: ${run.end.step} steps; four samples are ${images.length} numbers`);
