export {
  committeeFollowerPhase,
  committeePhase,
  committeeScope,
  memberScope,
} from "./committee.ts";
export { criticGraph, endsCriticGraph } from "./critic-graph.ts";
export { type DiscountedReturnsOptions, discountedAdvantages } from "./discounted-returns.ts";
export {
  discriminatorScope,
  type SequenceDiscriminator,
  type SoftSequenceDiscriminator,
} from "./discriminator.ts";
export { type DiscriminatorPhaseOptions, discriminatorPhase } from "./discriminator-phase.ts";
export { sequenceFeaturesGraph } from "./features-graph.ts";
export { type Divergence, divergences } from "./follower.ts";
export { generatorScope, type SequenceGenerator, type SequenceState } from "./generator.ts";
export { likelihoodGame, likelihoodGraph } from "./likelihood.ts";
export { type MediatorOptions, mediatedPhase, mediatorPhase, mediatorScope } from "./mediator.ts";
export { type PolicyGradientOptions, policyGradientPhase } from "./policy-gradient.ts";
export { rankGraph, standardGraph } from "./rank-graphs.ts";
export type { SequenceRanker } from "./ranker.ts";
export { type RankerPhaseOptions, rankerPhase } from "./ranker-phase.ts";
export { type RelaxedGame, type RelaxedGameOptions, relaxedGame } from "./relaxed-game.ts";
export { type RolloutGraph, rolloutGraph } from "./rollout-graph.ts";
export { type SamplerGraphOptions, sequenceSamplerGraph } from "./sampler-graph.ts";
