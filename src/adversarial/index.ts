import { unknownName } from "../util/errors.ts";
import type { Loss } from "./loss.ts";
import { hinge } from "./losses/hinge.ts";
import { leastSquares } from "./losses/least-squares.ts";
import { minimax } from "./losses/minimax.ts";
import { nonSaturating } from "./losses/non-saturating.ts";
import { relativistic } from "./losses/relativistic.ts";
import { relativisticAverage } from "./losses/relativistic-average.ts";
import { wasserstein } from "./losses/wasserstein.ts";
import type { Regularizer } from "./regularizer.ts";
import { ada } from "./regularizers/ada.ts";
import { balancedConsistency } from "./regularizers/balanced-consistency.ts";
import { consensus } from "./regularizers/consensus.ts";
import { consistency } from "./regularizers/consistency.ts";
import { diffaugment } from "./regularizers/diffaugment.ts";
import { dragan } from "./regularizers/dragan.ts";
import { instanceNoise } from "./regularizers/instance-noise.ts";
import { latentConsistency } from "./regularizers/latent-consistency.ts";
import { lecam } from "./regularizers/lecam.ts";
import { pathLength } from "./regularizers/path-length.ts";
import { r1 } from "./regularizers/r1.ts";
import { r2 } from "./regularizers/r2.ts";
import { topK } from "./regularizers/top-k.ts";
import { unrolled } from "./regularizers/unrolled.ts";
import { wganGp } from "./regularizers/wgan-gp.ts";

export type { Augmentation } from "./augmentation.ts";
export { augmentations } from "./augmentations/index.ts";
export { buildGame } from "./build-game.ts";
export { discriminatorGraph } from "./discriminator-graph.ts";
export {
  type ChosenRegularizer,
  type Game,
  type GameSpec,
  isDue,
  type Phase,
} from "./game.ts";
export { generatorGraph } from "./generator-graph.ts";
export type { Logits, Loss } from "./loss.ts";
export type { GanModel, ImageShape, Judged, Players } from "./model.ts";
export type {
  GeneratorInputs,
  JointInputs,
  Regularizer,
  RegularizerInputs,
  Resources,
  Unrolling,
} from "./regularizer.ts";
export {
  committeeFollowerPhase,
  committeePhase,
  committeeScope,
  criticGraph,
  type DiscountedReturnsOptions,
  type DiscriminatorPhaseOptions,
  type Divergence,
  discountedAdvantages,
  discriminatorPhase,
  discriminatorScope,
  divergences,
  endsCriticGraph,
  generatorScope,
  likelihoodGame,
  likelihoodGraph,
  type MediatorOptions,
  mediatedPhase,
  mediatorPhase,
  mediatorScope,
  memberScope,
  type PolicyGradientOptions,
  policyGradientPhase,
  type RankerPhaseOptions,
  type RelaxedGame,
  type RelaxedGameOptions,
  type RolloutGraph,
  rankerPhase,
  rankGraph,
  relaxedGame,
  rolloutGraph,
  type SamplerGraphOptions,
  type SequenceDiscriminator,
  type SequenceGenerator,
  type SequenceRanker,
  type SequenceState,
  type SoftSequenceDiscriminator,
  sequenceFeaturesGraph,
  sequenceSamplerGraph,
  standardGraph,
} from "./sequence/index.ts";
export {
  ada,
  balancedConsistency,
  consensus,
  consistency,
  diffaugment,
  dragan,
  hinge,
  instanceNoise,
  latentConsistency,
  leastSquares,
  lecam,
  minimax,
  nonSaturating,
  pathLength,
  r1,
  r2,
  relativistic,
  relativisticAverage,
  topK,
  unrolled,
  wasserstein,
  wganGp,
};

/** Every loss by name; a new one is a file and a line here. */
export const losses: readonly Loss[] = [
  minimax,
  nonSaturating,
  leastSquares,
  wasserstein,
  hinge,
  relativistic,
  relativisticAverage,
];
/** Every regularizer by name; a new one is a file and a line here. */
export const regularizers: readonly Regularizer[] = [
  r1,
  r2,
  wganGp,
  dragan,
  consensus,
  lecam,
  instanceNoise,
  consistency,
  balancedConsistency,
  latentConsistency,
  topK,
  unrolled,
  pathLength,
  diffaugment,
  ada,
];

/** Throws a usage error that names the known ones. */
export function lossByName(name: string): Loss {
  const found = losses.find((l) => l.name === name);
  if (!found)
    throw unknownName(
      "loss",
      name,
      losses.map((l) => l.name),
    );
  return found;
}

/** Throws a usage error that names the known ones. */
export function regularizerByName(name: string): Regularizer {
  const found = regularizers.find((r) => r.name === name);
  if (!found)
    throw unknownName(
      "regularizer",
      name,
      regularizers.map((r) => r.name),
    );
  return found;
}
