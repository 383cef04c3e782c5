import { z } from "zod";
import { type AdamOptions, adam, adamSchema } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";

/** Adam with decoupled weight decay, 0.01 by default (arXiv 1711.05101). */
export const adamw: Optimizer<AdamOptions> = {
  ...adam,
  name: "adamw",
  schema: adamSchema.extend({ weightDecay: z.number().min(0).default(0.01) }),
};
