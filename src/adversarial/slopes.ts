import { gradients } from "../graph/gradients.ts";
import type { Value } from "../graph/value.ts";
import type { Variables } from "../nn/scope.ts";

/** d(value)/d(parameter) by the names of a network's parameters; `value` is of shape []. */
export function slopesOf(variables: Variables, network: string, value: Value): Map<string, Value> {
  const trained = variables.under(network).filter((v) => v.trainable);
  const slopes = gradients(
    value,
    trained.map((v) => v.value),
  );
  return new Map(trained.map((v, i) => [v.name, slopes[i] as Value]));
}
