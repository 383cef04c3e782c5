import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { type Initializer, ones, uniform } from "./initializers.ts";
import { standardize } from "./normalization.ts";
import { gateScale, lstmStep } from "./recurrent.ts";
import type { Scope } from "./scope.ts";

/**
 * An LSTM over a sequence with layer normalisation of its gate sums: x [T,N,I] -> hidden states [T,N,H].
 * The sums W x + U h of a row are standardised over all 4H of them, then times `scale` plus `bias`
 * (arXiv 1607.06450). inputWeight [4H,I], hiddenWeight [4H,H], scale and bias [4H]; gates in the order
 * i, f, g, o. The forget gate begins with a bias of 1.
 * Differs: one normalisation of both products' sum, and none of the cell.
 */
export function layerNormLstm(s: Scope, x: Value, size: number, epsilon = 1e-5): Value {
  return s.build(() => {
    const [steps, batch, width] = [0, 1, 2].map((axis) => staticDim(x, axis)) as [
      number,
      number,
      number,
    ];
    const init = uniform(1 / Math.sqrt(size));
    // As in `lstm`, everything is [features, N] inside.
    const column = (name: string, start: Initializer) =>
      ops.mul(ops.reshape(s.parameter(name, [4 * size], start), [4 * size, 1]), gateScale(size));
    const [scale, bias] = [column("scale", ones), column("bias", openForget)];
    const columns = ops.transpose(ops.reshape(x, [steps * batch, width]));
    const fromInput = ops.matMul(s.parameter("inputWeight", [4 * size, width], init), columns);
    const hiddenWeight = s.parameter("hiddenWeight", [4 * size, size], init);
    let state: ReturnType<typeof lstmStep> | undefined;
    const outputs: Value[] = [];
    for (let t = 0; t < steps; t++) {
      let sums = ops.slice(fromInput, 1, t * batch, (t + 1) * batch);
      if (state) sums = ops.add(sums, ops.matMul(hiddenWeight, state.hidden));
      const gates = ops.add(ops.mul(standardize(sums, [0], epsilon), scale), bias);
      state = lstmStep(gates, size, state?.cell);
      outputs.push(state.hidden);
    }
    return ops.reshape(ops.transpose(ops.concat(outputs, 1)), [steps, batch, size]);
  });
}

/** 1 for the forget gate, 0 for the others. */
const openForget: Initializer = (out) => {
  out.fill(0);
  out.fill(1, out.length / 4, out.length / 2);
};
