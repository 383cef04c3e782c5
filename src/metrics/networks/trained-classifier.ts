import * as ops from "../../graph/ops/index.ts";
import { rewriteGraph, withInputs } from "../../graph/rewrite.ts";
import type { Value } from "../../graph/value.ts";
import { Variables } from "../../nn/index.ts";
import { floatsOf } from "../../onnx/half.ts";
import { GansmithError } from "../../util/errors.ts";
import {
  classifier,
  classifierFeatures,
  classifierInput,
  classifierScope,
} from "../classifier-network.ts";
import type { FeatureNetworkDefinition, FeatureValues } from "../feature-network.ts";
import { type Asset, readAsset } from "./asset.ts";

export interface TrainedClassifier extends Asset {
  /** The data set that it was trained on. */
  readonly data: string;
  readonly version: number;
  readonly classes: number;
}

/** Our own classifier of a data set, with the weights that the package brings. */
export function trainedClassifier(file: TrainedClassifier): FeatureNetworkDefinition {
  const name = `classifier-${file.data}`;
  return {
    name,
    version: `${name}-${file.version}-${file.sha256.slice(0, 8)}`,
    data: file.data,
    width: classifierFeatures,
    classes: file.classes,
    batch: 500,
    samples: 100_000,
    references: Number.POSITIVE_INFINITY,
    build: (images) => {
      const { tensors } = readAsset(file, `${name}-${file.version}`);
      const weights = [...tensors].map(([key, tensor]) => [key, floatsOf(tensor)] as const);
      return classifierValues(name, images, new Map(weights), file.classes);
    },
  };
}

/** The classifier with the given weights, by variable name. Their order does not matter. */
export function classifierValues(
  network: string,
  images: Value,
  weights: ReadonlyMap<string, Float32Array>,
  classes: number,
): FeatureValues {
  const variables = new Variables();
  const scope = variables.scope(classifierScope, "eval");
  const { features, logits } = classifier(scope, classifierInput(images), classes);
  const constants = new Map<Value, Value>();
  for (const v of variables.all.values()) {
    const data = weights.get(v.name);
    const count = v.shape.reduce((a, b) => a * b, 1);
    if (data?.length !== count) {
      throw new GansmithError(
        "data",
        `network ${network}: "${v.name}" needs ${count} weights, received ${data?.length ?? "none"}.`,
      );
    }
    constants.set(v.value, ops.constant(Float64Array.from(data), v.shape));
  }
  // As constants the runtime can arrange them for its kernels once.
  const outputs = rewriteGraph(
    [features, ops.softmax(logits)],
    (v, inputs) => constants.get(v) ?? withInputs(v, inputs),
  ) as [Value, Value];
  return { features: outputs[0], probabilities: outputs[1] };
}
