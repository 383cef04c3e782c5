import { z } from "zod";
import { gradients } from "../../graph/gradients.ts";
import * as ops from "../../graph/ops/index.ts";
import { elementCount } from "../../graph/value.ts";
import { weightSchema } from "../../optim/schedule.ts";
import { usageError } from "../../util/errors.ts";
import type { Regularizer } from "../regularizer.ts";
import { average } from "./average.ts";

const schema = z.strictObject({
  weight: weightSchema.default(2),
  /** Decay of the mean length. */
  decay: z.number().min(0).lt(1).default(0.99),
});

/**
 * Path length regularisation (StyleGAN2, arXiv 1912.04958): a step of fixed size in w changes the image
 * by as much everywhere: weight E (|J^T y| - a)^2, J the slope of the image in w, y normal noise, a the
 * moving average of the lengths. Usually with "interval": 4.
 */
export const pathLength: Regularizer<z.output<typeof schema>> = {
  name: "path-length",
  summary: "weight E (|J^T y| - a)^2, J the slope of the image in the styles",
  schema,
  generatorPenalty: (game, { weight, decay }) => {
    const { z, styles, synthesize, noise, scheduled, kept, keep } = game;
    if (!styles || !synthesize) {
      throw usageError("path-length needs a model with styles, such as stylegan2.");
    }
    const w = styles(z);
    const images = synthesize(w);
    const [n, , ...area] = images.shape as number[];
    const y = noise("direction", images.shape as number[], "normal");
    const along = ops.reduceSum(ops.mul(images, y));
    const [slope] = gradients(ops.mul(along, ops.scalar(1 / Math.sqrt(elementCount(area)))), [w]);
    const flat = ops.reshape(slope as typeof w, [
      n as number,
      elementCount(w.shape) / (n as number),
    ]);
    const squares = ops.reduceSum(ops.mul(flat, flat), [1]);
    // The root has no slope at 0.
    const lengths = ops.sqrt(ops.add(squares, ops.scalar(1e-12)));
    const mean = average({ kept, keep }, "length", ops.reduceMean(lengths), decay);
    const off = ops.sub(lengths, mean);
    return ops.mul(ops.reduceMean(ops.mul(off, off)), scheduled("weight", weight));
  },
};
