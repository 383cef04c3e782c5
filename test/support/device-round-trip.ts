import * as ops from "../../src/graph/ops/index.ts";
import {
  type Backend,
  type DeviceTensor,
  isDeviceTensor,
  type Tensor,
} from "../../src/runtime/session.ts";

/**
 * A step w, x -> w - 0.5 x whose w stays on the device from run to run; another session doubles it.
 * Returns what was read back after each step, the double, and the messages of writing a kept output into
 * a host buffer and of using a freed tensor.
 */
export async function deviceRoundTrip(backend: Backend): Promise<{
  steps: number[][];
  doubled: number[];
  kept: boolean;
  intoKept: string;
  useAfterRelease: string;
}> {
  const data = { kind: "data" } as const;
  const [w, x] = [ops.leaf("w", [3], data), ops.leaf("x", [3], data)];
  const update = ops.sub(w, ops.mul(x, ops.scalar(0.5)));
  const step = await backend.compile(
    {
      name: "step",
      inputs: new Map([
        ["w", w],
        ["x", x],
      ]),
      outputs: new Map([["next", update]]),
    },
    { deviceOutputs: ["next"] },
  );
  const double = await backend.compile({
    name: "double",
    inputs: new Map([["w", w]]),
    outputs: new Map([["y", ops.add(w, w)]]),
  });
  const vector = (...xs: number[]): Tensor => ({
    dtype: "f32",
    dims: [3],
    data: Float32Array.from(xs),
  });
  let state: Tensor | DeviceTensor = vector(1, 2, 3);
  const steps: number[][] = [];
  let kept = true;
  for (let i = 0; i < 3; i++) {
    const results = await step.run(
      new Map([
        ["w", state],
        ["x", vector(2, 2, i)],
      ]),
    );
    if (isDeviceTensor(state)) state.release();
    state = results.get("next") as Tensor | DeviceTensor;
    kept &&= isDeviceTensor(state);
    steps.push([...(isDeviceTensor(state) ? await state.read() : state).data]);
  }
  const into = vector(0, 0, 0);
  await double.run(new Map([["w", state]]), new Map([["y", into]]));
  const intoKept = await step
    .run(
      new Map([
        ["w", state],
        ["x", vector(0, 0, 0)],
      ]),
      new Map([["next", vector(0, 0, 0)]]),
    )
    .then(
      () => "it ran",
      (error: Error) => error.message,
    );
  let useAfterRelease = "";
  if (isDeviceTensor(state)) {
    state.release();
    useAfterRelease = await double.run(new Map([["w", state]])).then(
      () => "it ran",
      (error: Error) => error.message,
    );
  }
  await step.release();
  await double.release();
  await backend.release?.();
  return { steps, doubled: [...into.data], kept, intoKept, useAfterRelease };
}

export const expectedRoundTrip = {
  steps: [
    [0, 1, 3],
    [-1, 0, 2.5],
    [-2, -1, 1.5],
  ],
  doubled: [-4, -2, 3],
  kept: true,
  intoKept:
    'session "step": output "next" stays on the device, it cannot be written into a buffer; read() it.',
  useAfterRelease: "a device tensor was used after its release().",
};
