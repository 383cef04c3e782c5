export { bleuOrders, bleuScores } from "./bleu.ts";
export { distinctShares } from "./distinct.ts";
export type { Text } from "./ngrams.ts";
export { copiedSpans, noveltyScores } from "./novelty.ts";
export { textMetrics } from "./registry.ts";
export { selfBleuScores } from "./self-bleu.ts";
export type { TextMetricContext } from "./text-metric.ts";
export { uniqueShare } from "./unique-sequences.ts";
