import type * as ops from "../../src/graph/ops/index.ts";
import { binarySamples, unarySamples } from "./elementwise-samples.ts";
import { linearSamples } from "./linear-samples.ts";
import type { OpSample } from "./op-sample.ts";
import { leafSamples, reduceSamples, shapeSamples } from "./shape-samples.ts";

/** Sample inputs for every op there is: the compiler lists an op that was forgotten. */
export const opSamples: Readonly<Record<keyof typeof ops, readonly OpSample[]>> = {
  ...unarySamples,
  ...binarySamples,
  ...linearSamples,
  ...reduceSamples,
  ...shapeSamples,
  ...leafSamples,
};

export function allSamples(): { name: string; sample: OpSample }[] {
  return Object.entries(opSamples).flatMap(([op, samples]) =>
    samples.map((sample) => ({ name: sample.title ? `${op}: ${sample.title}` : op, sample })),
  );
}
