import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { uniform } from "./initializers.ts";
import type { Scope } from "./scope.ts";

export interface LstmState {
  readonly hidden: Value;
  readonly cell: Value;
}

/**
 * One LSTM step (Hochreiter and Schmidhuber 1997): x [N,I], state [N,H] each.
 * Weights as in PyTorch: inputWeight [4H,I], hiddenWeight [4H,H], gates in the order i, f, g, o.
 */
export function lstmCell(s: Scope, x: Value, state: LstmState): LstmState {
  return s.build(() => {
    const size = staticDim(state.hidden, 1);
    const gates = gateSums(s, x, state.hidden, 4 * size);
    return lstmStep(ops.add(...gates), size, state.cell);
  });
}

/**
 * An LSTM over a sequence: x [T,N,I] -> hidden states [N,H] for every step, from a zero state unless
 * one is given. The input's share of the gates is one product for all steps.
 */
export function lstm(s: Scope, x: Value, size: number, start?: LstmState): LstmState[] {
  return s.build(() => {
    const [steps, batch, width] = [0, 1, 2].map((axis) => staticDim(x, axis)) as [
      number,
      number,
      number,
    ];
    const init = uniform(1 / Math.sqrt(size));
    const parameter = (name: string, shape: number[]) => s.parameter(name, shape, init);
    const inputWeight = parameter("inputWeight", [4 * size, width]);
    const hiddenWeight = parameter("hiddenWeight", [4 * size, size]);
    const bias = ops.add(parameter("inputBias", [4 * size]), parameter("hiddenBias", [4 * size]));
    const rows = ops.reshape(x, [steps * batch, width]);
    const fromInput = ops.add(ops.matMul(rows, inputWeight, { transB: true }), bias);
    const states: LstmState[] = [];
    let state = start;
    for (let t = 0; t < steps; t++) {
      let gates = ops.slice(fromInput, 0, t * batch, (t + 1) * batch);
      if (state) gates = ops.add(gates, ops.matMul(state.hidden, hiddenWeight, { transB: true }));
      state = lstmStep(gates, size, state?.cell);
      states.push(state);
    }
    return states;
  });
}

/** Gate sums [N,4H] in the order i, f, g, o, and the cell (zero if absent) -> the next state. */
function lstmStep(gates: Value, size: number, cell: Value | undefined): LstmState {
  const part = (i: number) => ops.slice(gates, 1, i * size, (i + 1) * size);
  const [i, o] = [ops.sigmoid(part(0)), ops.sigmoid(part(3))];
  const fresh = ops.mul(i, ops.tanh(part(2)));
  const next = cell ? ops.add(ops.mul(ops.sigmoid(part(1)), cell), fresh) : fresh;
  return { hidden: ops.mul(o, ops.tanh(next)), cell: next };
}

/**
 * One GRU step (arXiv 1406.1078): x [N,I], hidden [N,H] -> [N,H].
 * Weights as in PyTorch: [3H,I] and [3H,H], gates in the order r, z, n.
 */
export function gruCell(s: Scope, x: Value, hidden: Value): Value {
  return s.build(() => {
    const size = staticDim(hidden, 1);
    const [fromInput, fromHidden] = gateSums(s, x, hidden, 3 * size);
    const part = (v: Value, i: number) => ops.slice(v, 1, i * size, (i + 1) * size);
    const reset = ops.sigmoid(ops.add(part(fromInput, 0), part(fromHidden, 0)));
    const update = ops.sigmoid(ops.add(part(fromInput, 1), part(fromHidden, 1)));
    const fresh = ops.tanh(ops.add(part(fromInput, 2), ops.mul(reset, part(fromHidden, 2))));
    return ops.add(fresh, ops.mul(update, ops.sub(hidden, fresh)));
  });
}

/** x W^T + b and h U^T + c, every gate side by side. */
function gateSums(s: Scope, x: Value, hidden: Value, width: number): [Value, Value] {
  const init = uniform(1 / Math.sqrt(staticDim(hidden, 1)));
  const product = (v: Value, name: string) =>
    ops.add(
      ops.matMul(v, s.parameter(`${name}Weight`, [width, staticDim(v, 1)], init), { transB: true }),
      s.parameter(`${name}Bias`, [width], init),
    );
  return [product(x, "input"), product(hidden, "hidden")];
}
