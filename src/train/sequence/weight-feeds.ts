import { elementCount } from "../../graph/value.ts";
import type { Variable } from "../../nn/scope.ts";
import type { Tensor } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";

/** Weights by variable name. */
export type Arrays = ReadonlyMap<string, Float32Array>;

/** A network's variables as inputs of a session. Throws a usage error where an array is missing. */
export function weightFeeds(variables: readonly Variable[], arrays: Arrays): Map<string, Tensor> {
  return new Map(
    variables.map(({ name, shape }) => {
      const data = arrays.get(name);
      if (data?.length !== elementCount(shape)) {
        throw usageError(
          `the weights have no array "${name}" of shape [${shape.join(",")}], received ${data?.length ?? "none"}.`,
        );
      }
      return [name, { dtype: "f32", dims: shape, data }];
    }),
  );
}
