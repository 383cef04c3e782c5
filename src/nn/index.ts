export * from "./activations.ts";
export { type AttentionOptions, multiHeadAttention } from "./attention.ts";
export { type BatchNormOptions, batchNorm } from "./batch-norm.ts";
export { sampleCategorical } from "./categorical.ts";
export {
  type AttentionCache,
  type CausalAttentionOptions,
  causalAttention,
  causalAttentionStep,
} from "./causal-attention.ts";
export {
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  conv2d,
  convTranspose2d,
} from "./conv2d.ts";
export { dropout } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export { downsampleFiltered, type LowPass, upsampleFiltered } from "./filtered-resampling.ts";
export { type HighwayOptions, highway } from "./highway.ts";
export {
  fanInUniform,
  heNormal,
  type Initializer,
  normal,
  ones,
  orthogonal,
  uniform,
  xavierUniform,
  zeros,
} from "./initializers.ts";
export { layerNormLstm } from "./layer-norm-lstm.ts";
export { type LinearOptions, linear } from "./linear.ts";
export { maxout } from "./maxout.ts";
export { minibatchStddev } from "./minibatch-stddev.ts";
export { type ModulatedConvOptions, modulatedConv2d } from "./modulated-conv2d.ts";
export { groupNorm, instanceNorm, type LayerNormOptions, layerNorm } from "./normalization.ts";
export { projectedCrossEntropy } from "./projected-cross-entropy.ts";
export { gruCell, type LstmSequence, type LstmState, lstm, lstmCell } from "./recurrent.ts";
export {
  initialSlots,
  type RelationalMemoryOptions,
  relationalMemory,
  relationalMemoryCell,
} from "./relational-memory.ts";
export { equalized, type Reparameterize } from "./reparameterize.ts";
export {
  downsampleMax,
  downsampleMean,
  pixelShuffle,
  pixelUnshuffle,
  upsampleBilinear,
  upsampleNearest,
} from "./resampling.ts";
export { Scope, type Variable, Variables } from "./scope.ts";
export { spectralNorm } from "./spectral-norm.ts";
