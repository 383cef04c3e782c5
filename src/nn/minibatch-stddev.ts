import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";

/**
 * Shows a discriminator how much the images of a batch vary (arXiv 1710.10196): x [N,C,H,W] ->
 * [N,C+1,H,W]. The new channel is the standard deviation over the images of a group, averaged over
 * channels and pixels. Groups are of `group` images or the next fewer that divide N; image n is in
 * group n mod (N / group), as in StyleGAN2 (arXiv 1912.04958).
 */
export function minibatchStddev(x: Value, group = 4): Value {
  const [n, c, h, w] = [0, 1, 2, 3].map((axis) => staticDim(x, axis)) as [
    number,
    number,
    number,
    number,
  ];
  let size = Math.min(group, n);
  while (n % size !== 0) size--;
  const grouped = ops.reshape(x, [size, n / size, c, h, w]);
  const centred = ops.sub(grouped, ops.reduceMean(grouped, [0], true));
  const variance = ops.reduceMean(ops.mul(centred, centred), [0]);
  const deviation = ops.sqrt(ops.add(variance, ops.scalar(1e-8)));
  const each = ops.reshape(ops.reduceMean(deviation, [1, 2, 3]), [1, n / size, 1, 1, 1]);
  const plane = ops.reshape(ops.broadcastTo(each, [size, n / size, 1, h, w]), [n, 1, h, w]);
  return ops.concat([x, plane], 1);
}
