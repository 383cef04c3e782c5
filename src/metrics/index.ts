export {
  classifierFeatures,
  classifierGame,
  classifierScope,
  classifierSize,
} from "./classifier-network.ts";
export {
  type EvaluateOptions,
  evaluateSamples,
  type MetricResult,
  metricsFor,
} from "./evaluate.ts";
export {
  FeatureNetwork,
  type FeatureNetworkDefinition,
  type Features,
  type FeatureValues,
} from "./feature-network.ts";
export { featureNetworkFor, featureNetworks } from "./feature-networks.ts";
export type { SampleSource } from "./judged-images.ts";
export type { Measurement, Metric, MetricContext, Space } from "./metric.ts";
export { classifierValues } from "./networks/trained-classifier.ts";
export { metricByName, metrics } from "./registry.ts";
export {
  bleuScores,
  copiedSpans,
  distinctShares,
  quatrainMetrics,
  quatrainShare,
  selfBleuScores,
  textMetrics,
  uniqueShare,
} from "./text/index.ts";
