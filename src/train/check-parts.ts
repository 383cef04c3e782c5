import { checkDataSpec } from "../data/index.ts";
import type { DataSpec } from "../data/source.ts";
import { metricByName } from "../metrics/registry.ts";
import type { RunConfig } from "../recipes/index.ts";
import { findLoss, findModel, findRegularizer } from "./own-parts.ts";
import { optimizersOf, optionsOf } from "./resolve.ts";

/** Checks everything that can be checked without data, for `--dry-run`. Throws usage errors. */
export function checkParts(config: RunConfig): void {
  checkDataSpec(config.data as DataSpec);
  optionsOf(findModel(config.model.name), config.model, "model");
  optionsOf(findLoss(config.loss.name), config.loss, "loss");
  for (const { interval: _steps, ...r } of config.regularizers) {
    optionsOf(findRegularizer(r.name), r, "regularizer");
  }
  optimizersOf(config);
  if (config.metrics !== "auto") for (const name of config.metrics) metricByName(name);
}
