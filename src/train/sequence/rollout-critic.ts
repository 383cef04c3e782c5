import { endsCriticGraph, type SequenceDiscriminator } from "../../adversarial/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { type Arrays, WeightedSession } from "../loop/weighted-session.ts";
import type { Rollouts } from "./rollout-sampler.ts";
import { probabilitiesOf, SequenceCritic } from "./sequence-critic.ts";

/** Asks a discriminator of whole sequences about sequences and the ends that were drawn from their beginnings. */
export interface RolloutCritic {
  /** Takes the discriminator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void;
  /** The probabilities that they are real: of the sequences [batch], then of the ends [T-1,rollouts,batch]. */
  probabilities(drawn: Rollouts): Promise<Float32Array>;
  release(): Promise<void>;
}

/** For so many sequences at a time, with so many ends of each beginning. */
export async function rolloutCritic(
  discriminator: SequenceDiscriminator,
  backend: Backend,
  shape: { readonly length: number; readonly batch: number; readonly rollouts: number },
): Promise<RolloutCritic> {
  const { length, batch, rollouts } = shape;
  const network = endsCriticGraph(discriminator, shape);
  if (!network) {
    const critic = await SequenceCritic.create(discriminator, backend, {
      ...{ length, batch: batch * rollouts },
    });
    return {
      setWeights: (arrays) => critic.setWeights(arrays),
      probabilities: async ({ sequences, ends }) => {
        const whole = await critic.probabilities(sequences);
        return Float32Array.of(...whole, ...(await critic.probabilities(ends)));
      },
      release: () => critic.release(),
    };
  }
  const session = await WeightedSession.compile(network, backend);
  const endsDims = [length - 1, batch * rollouts, length];
  return {
    setWeights: (arrays) => session.setWeights(arrays),
    probabilities: async ({ sequences, ends }) => {
      const logits = await session.run(
        [
          ["sequences", { dtype: "i32", dims: [batch, length], data: sequences }],
          ["ends", { dtype: "i32", dims: endsDims, data: ends }],
        ],
        "logits",
      );
      return probabilitiesOf(logits as Float32Array);
    },
    release: () => session.release(),
  };
}
