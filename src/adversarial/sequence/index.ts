export { discriminatorScope, type SequenceDiscriminator } from "./discriminator.ts";
export { type DiscriminatorPhaseOptions, discriminatorPhase } from "./discriminator-phase.ts";
export { generatorScope, type SequenceGenerator, type SequenceState } from "./generator.ts";
export { likelihoodGame, likelihoodGraph } from "./likelihood.ts";
export { sequenceSamplerGraph } from "./sampler-graph.ts";
