import * as ops from "../graph/ops/index.ts";
import { staticDim, type Value } from "../graph/value.ts";
import { type Initializer, uniform } from "./initializers.ts";
import type { Scope } from "./scope.ts";

export interface LstmState {
  readonly hidden: Value;
  readonly cell: Value;
}

/**
 * One LSTM step (Hochreiter and Schmidhuber 1997): x [N,I], state [N,H] each.
 * Weights as in PyTorch: inputWeight [4H,I], hiddenWeight [4H,H], gates in the order i, f, g, o.
 */
export function lstmCell(s: Scope, x: Value, state: LstmState, init?: Initializer): LstmState {
  return s.build(() => {
    const size = staticDim(state.hidden, 1);
    const gates = gateSums(s, x, state.hidden, 4 * size, init);
    const scaled = ops.mul(ops.transpose(ops.add(...gates)), gateScale(size));
    const next = lstmStep(scaled, size, ops.transpose(state.cell));
    return { hidden: ops.transpose(next.hidden), cell: ops.transpose(next.cell) };
  });
}

export interface LstmSequence {
  /** Hidden states of all steps [T,N,H]. */
  readonly outputs: Value;
  /** The state after the last step. */
  readonly last: LstmState;
}

/**
 * An LSTM over a sequence: x [T,N,I], start [N,H] each (zero by default). Weights as in `lstmCell`.
 * Inside, everything is [features, N]: a weight then is the left operand of every product and need
 * not be packed anew at each step, and gates are contiguous. The input's share of the gates is one
 * product for all steps, and so is each weight's gradient.
 */
export function lstm(
  s: Scope,
  x: Value,
  size: number,
  start?: LstmState,
  init: Initializer = uniform(1 / Math.sqrt(size)),
): LstmSequence {
  return s.build(() => {
    const [steps, batch, width] = [0, 1, 2].map((axis) => staticDim(x, axis)) as [
      number,
      number,
      number,
    ];
    const column = (name: string) =>
      ops.reshape(s.parameter(name, [4 * size], init), [4 * size, 1]);
    const scale = gateScale(size);
    const bias = ops.mul(ops.add(column("inputBias"), column("hiddenBias")), scale);
    const columns = ops.transpose(ops.reshape(x, [steps * batch, width]));
    const weight = (name: string, inputs: number) =>
      ops.mul(s.parameter(name, [4 * size, inputs], init), scale);
    const fromInput = ops.add(ops.matMul(weight("inputWeight", width), columns), bias);
    const hiddenWeight = weight("hiddenWeight", size);
    let hidden = start && ops.transpose(start.hidden);
    let cell = start && ops.transpose(start.cell);
    const outputs: Value[] = [];
    for (let t = 0; t < steps; t++) {
      let gates = ops.slice(fromInput, 1, t * batch, (t + 1) * batch);
      if (hidden) gates = ops.add(gates, ops.matMul(hiddenWeight, hidden));
      ({ hidden, cell } = lstmStep(gates, size, cell));
      outputs.push(hidden);
    }
    const rows = ops.transpose(ops.concat(outputs, 1));
    return {
      outputs: ops.reshape(rows, [steps, batch, size]),
      last: { hidden: ops.transpose(hidden as Value), cell: ops.transpose(cell as Value) },
    };
  });
}

/** 2 at the candidate's rows, 1 at the others': tanh(x) = 2 sigmoid(2x) - 1 makes all gates sigmoids. */
export function gateScale(size: number): Value {
  const scale = new Float64Array(4 * size).fill(1).fill(2, 2 * size, 3 * size);
  return ops.constant(scale, [4 * size, 1]);
}

/** Scaled gate sums [4H,N] in the order i, f, g, o, and the cell [H,N] (zero if absent). */
export function lstmStep(gates: Value, size: number, cell: Value | undefined): LstmState {
  const open = ops.sigmoid(gates);
  const part = (i: number) => ops.slice(open, 0, i * size, (i + 1) * size);
  const candidate = ops.sub(ops.mul(part(2), ops.scalar(2)), ops.scalar(1));
  const fresh = ops.mul(part(0), candidate);
  const next = cell ? ops.add(ops.mul(part(1), cell), fresh) : fresh;
  return { hidden: ops.mul(part(3), ops.tanh(next)), cell: next };
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
function gateSums(
  s: Scope,
  x: Value,
  hidden: Value,
  width: number,
  init: Initializer = uniform(1 / Math.sqrt(staticDim(hidden, 1))),
): [Value, Value] {
  const product = (v: Value, name: string) =>
    ops.add(
      ops.matMul(v, s.parameter(`${name}Weight`, [width, staticDim(v, 1)], init), { transB: true }),
      s.parameter(`${name}Bias`, [width], init),
    );
  return [product(x, "input"), product(hidden, "hidden")];
}
