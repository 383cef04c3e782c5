import type { Tensor } from "../../runtime/session.ts";
import type { Random } from "../../util/random.ts";

/** `values` or fresh noise z [rows,Z]. */
export function noiseTensor(
  size: number,
  rows: number,
  random: Random,
  values?: Float32Array,
): Tensor & { data: Float32Array } {
  const data = values ?? new Float32Array(rows * size);
  if (!values) random.fillNormal(data);
  return { dtype: "f32", dims: [rows, size], data };
}
