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
    const gate = (i: number) => ops.slice(ops.add(...gates), 1, i * size, (i + 1) * size);
    const [i, f, o] = [gate(0), gate(1), gate(3)].map((g) => ops.sigmoid(g)) as [
      Value,
      Value,
      Value,
    ];
    const cell = ops.add(ops.mul(f, state.cell), ops.mul(i, ops.tanh(gate(2))));
    return { hidden: ops.mul(o, ops.tanh(cell)), cell };
  });
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
