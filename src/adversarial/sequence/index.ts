export {
  committeeFollowerPhase,
  committeePhase,
  committeeScope,
  type Divergence,
  divergences,
  memberScope,
} from "./committee.ts";
export { criticGraph } from "./critic-graph.ts";
export { discriminatorScope, type SequenceDiscriminator } from "./discriminator.ts";
export { type DiscriminatorPhaseOptions, discriminatorPhase } from "./discriminator-phase.ts";
export { generatorScope, type SequenceGenerator, type SequenceState } from "./generator.ts";
export { likelihoodGame, likelihoodGraph } from "./likelihood.ts";
export { type MediatorOptions, mediatedPhase, mediatorPhase, mediatorScope } from "./mediator.ts";
export { policyGradientPhase } from "./policy-gradient.ts";
export { type RolloutGraph, rolloutGraph } from "./rollout-graph.ts";
export { type SamplerGraphOptions, sequenceSamplerGraph } from "./sampler-graph.ts";
