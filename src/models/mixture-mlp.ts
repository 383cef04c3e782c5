import type { Players } from "../adversarial/model.ts";
import * as ops from "../graph/ops/index.ts";
import type { Value } from "../graph/value.ts";
import { batchNorm, linear, maxout, normal, type Scope, zeros } from "../nn/index.ts";

const weights = { init: normal(0.02), biasInit: zeros };

/**
 * The players of PacGAN's experiments on points in the plane (arXiv 1712.04086, after ALI's): G
 * 2-400-400-400-400-2, each hidden layer linear -> batch norm -> ReLU; D three layers of 200 maxout
 * units of 5 pieces and a logit. Weights follow N(0, 0.02^2). Samples are [N,2].
 */
export const mixtureMlp: Players = {
  latent: 2,
  classes: 0,
  independentSamples: true,
  generator: (s: Scope, z: Value) => {
    let h = z;
    for (let i = 0; i < 4; i++) {
      const wide = linear(s.at(`fc${i}`), h, 400, { ...weights, bias: false });
      h = ops.relu(batchNorm(s.at(`bn${i}`), wide));
    }
    return linear(s.at("out"), h, 2, weights);
  },
  discriminator: (s: Scope, points: Value) => {
    let h = points;
    for (let i = 0; i < 3; i++) h = maxout(s.at(`fc${i}`), h, 200, 5, weights);
    return linear(s.at("out"), h, 1, weights);
  },
};
