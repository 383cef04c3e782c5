import { expect, test } from "vitest";
import { asHalf, floatsOf } from "./half.ts";

// The bits are those of torch.tensor(values, dtype=torch.float16 / torch.bfloat16).
const values = [0, -0, 1, -2, 0.1, 65504, 65520, 2 ** -24, 1e-8, Number.NaN];
const halves = [0, 0x8000, 0x3c00, 0xc000, 0x2e66, 0x7bff, 0x7c00, 1, 0, 0x7e00];
const shape = [values.length];

test("half precision rounds as IEEE 754 says", () => {
  const data = Float32Array.from(values);
  expect([...(asHalf({ dtype: "F32", shape, data }).data as Uint16Array)]).toEqual(halves);
});

test("halves, brain floats and doubles are read as single precision", () => {
  const read = floatsOf({ dtype: "F16", shape, data: Uint16Array.from(halves) });
  const rounded = Float32Array.from(values);
  rounded.set([0.0999755859375, 65504, Number.POSITIVE_INFINITY, 2 ** -24, 0], 4);
  expect(read).toEqual(rounded);
  const brain = Uint16Array.from([0x3f80, 0xc000, 0x3dcd, 0xff80]);
  const wide = Float32Array.of(1, -2, 0.10009765625, Number.NEGATIVE_INFINITY);
  expect(floatsOf({ dtype: "BF16", shape: [4], data: brain })).toEqual(wide);
  const double = { dtype: "F64", shape: [1], data: Float64Array.of(0.1) } as const;
  expect(floatsOf(double)).toEqual(Float32Array.of(0.1));
});
