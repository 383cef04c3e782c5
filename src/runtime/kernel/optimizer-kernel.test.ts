import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GansmithError } from "../../util/errors.ts";
import { Random } from "../../util/random.ts";
import { KERNEL_WASM_BASE64 } from "./kernel-wasm.ts";
import {
  createKernelMemory,
  createOptimizerKernel,
  type OptimizerKernel,
} from "./optimizer-kernel.ts";

const STEPS = 60;
/** f32 rounding of one step, relative to the size of the values. */
const TOLERANCE = 1e-5;
/** Every tail length, one long range, and first elements at any multiple of 4 bytes. */
const size = fc.oneof(fc.nat(17), fc.constant(10_007));
const shift = fc.nat(3);
const seed = fc.nat();
const rate = fc.constantFrom(1e-4, 2e-3, 0.05);
const beta = fc.constantFrom(0, 0.3, 0.5, 0.9, 0.99);
const weightDecay = fc.constantFrom(0, 0.01);

interface Arena {
  readonly kernel: OptimizerKernel;
  /** Four ranges of n floats, none of them aligned to 16 bytes unless by chance. */
  readonly at: [number, number, number, number];
  readonly arrays: [Float32Array, Float32Array, Float32Array, Float32Array];
  /** The floats between and around the ranges, which nothing may touch. */
  guard(): boolean;
}

function arena(n: number, offset: number): Arena {
  const stride = n + 5;
  const memory = createKernelMemory(4 * (4 * stride + 8));
  const all = new Float32Array(memory.buffer).fill(7);
  const starts = [0, 1, 2, 3].map((i) => offset + 1 + i * stride) as Arena["at"];
  const arrays = starts.map((s) => all.subarray(s, s + n).fill(0)) as Arena["arrays"];
  const inside = (i: number) => starts.some((s) => i >= s && i < s + n);
  return {
    kernel: createOptimizerKernel(memory),
    at: starts.map((s) => 4 * s) as Arena["at"],
    arrays,
    guard: () => all.every((x, i) => x === 7 || inside(i)),
  };
}

function expectClose(actual: Float32Array, expected: Float64Array): void {
  let worst = 0;
  for (const [i, x] of expected.entries()) {
    worst = Math.max(worst, Math.abs((actual[i] ?? Number.NaN) - x) / (1 + Math.abs(x)));
  }
  expect(worst).toBeLessThan(TOLERANCE);
}

/**
 * Runs STEPS steps of `kernelStep`, each against `step` for one element in f64 from the same state:
 * over many steps an adaptive rate may amplify rounding without bound.
 */
function compare(
  n: number,
  offset: number,
  streamSeed: number,
  kernelStep: (arena: Arena, t: number) => void,
  step: (p: number, g: number, s: [number, number], t: number) => [number, number, number],
): void {
  const place = arena(n, offset);
  const [param, grad, a, b] = place.arrays;
  const random = new Random(streamSeed);
  random.fillNormal(param);
  // Gradients of very different size, as layers have, and some that are zero.
  const scales = Float64Array.from(param, () => [0, 1e-6, 1e-2, 1, 30][random.below(5)] ?? 0);
  for (let t = 1; t <= (n > 1000 ? 5 : STEPS); t++) {
    random.fillNormal(grad);
    for (let i = 0; i < n; i++) grad[i] = (grad[i] ?? 0) * (scales[i] ?? 0);
    const [p, s1, s2] = [param, a, b].map((held) => Float64Array.from(held)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let i = 0; i < n; i++) {
      const state: [number, number] = [s1[i] ?? 0, s2[i] ?? 0];
      [p[i], s1[i], s2[i]] = step(p[i] ?? 0, grad[i] ?? 0, state, t);
    }
    kernelStep(place, t);
    expectClose(param, p);
    expectClose(a, s1);
    expectClose(b, s2);
  }
  expect(place.guard()).toBe(true);
}

describe("matches PyTorch's formula in f64", () => {
  test("adam", () => {
    fc.assert(
      fc.property(
        size,
        shift,
        seed,
        rate,
        beta,
        fc.constantFrom(0.9, 0.99, 0.999),
        weightDecay,
        (n, offset, s, lr, beta1, beta2, decay) => {
          const eps = 1e-8;
          compare(
            n,
            offset,
            s,
            ({ kernel, at: [param, grad, m, v] }, t) =>
              kernel.adam({ param, grad, m, v }, n, {
                lr,
                beta1,
                beta2,
                eps,
                biasCorrection1: 1 - beta1 ** t,
                biasCorrection2: 1 - beta2 ** t,
                weightDecay: decay,
              }),
            (p, g, [m, v], t) => {
              const m1 = beta1 * m + (1 - beta1) * g;
              const v1 = beta2 * v + (1 - beta2) * g * g;
              const denom = Math.sqrt(v1) / Math.sqrt(1 - beta2 ** t) + eps;
              const step = lr / (1 - beta1 ** t);
              return [p * (1 - lr * decay) - (step * m1) / denom, m1, v1];
            },
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test("rmsprop", () => {
    fc.assert(
      fc.property(
        size,
        shift,
        seed,
        rate,
        fc.constantFrom(0, 0.9),
        weightDecay,
        (n, offset, s, lr, momentum, decay) => {
          const alpha = 0.99;
          const eps = 1e-8;
          compare(
            n,
            offset,
            s,
            ({ kernel, at: [param, grad, sq, buf] }) =>
              kernel.rmsprop({ param, grad, sq, buf }, n, {
                lr,
                alpha,
                eps,
                momentum,
                weightDecay: decay,
              }),
            (p, g0, [sq, buf]) => {
              // The sum may all but vanish, and is then divided by next to nothing: rounded alike.
              const g = Math.fround(g0 + Math.fround(Math.fround(decay) * p));
              const sq1 = alpha * sq + (1 - alpha) * g * g;
              const d = g / (Math.sqrt(sq1) + eps);
              if (momentum === 0) return [p - lr * d, sq1, buf];
              const buf1 = momentum * buf + d;
              return [p - lr * buf1, sq1, buf1];
            },
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test("sgd", () => {
    fc.assert(
      fc.property(
        size,
        shift,
        seed,
        fc.constantFrom(0, 0.9),
        fc.boolean(),
        weightDecay,
        (n, offset, s, momentum, nesterov, decay) => {
          const lr = 1e-3;
          compare(
            n,
            offset,
            s,
            ({ kernel, at: [param, grad, buf] }, t) =>
              kernel.sgd({ param, grad, buf }, n, {
                lr,
                momentum,
                nesterov,
                weightDecay: decay,
                first: t === 1,
              }),
            (p, g0, [buf, unused], t) => {
              const g = g0 + decay * p;
              if (momentum === 0) return [p - lr * g, buf, unused];
              const buf1 = t === 1 ? g : momentum * buf + g;
              return [p - lr * (nesterov ? g + momentum * buf1 : buf1), buf1, unused];
            },
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test("ema", () => {
    fc.assert(
      fc.property(
        size,
        shift,
        seed,
        fc.constantFrom(0, 0.4, 0.5, 0.999, 1),
        (n, offset, s, decay) => {
          compare(
            n,
            offset,
            s,
            ({ kernel, at: [target, source] }) => kernel.ema({ target, source }, n, decay),
            (p, g, [a, b]) => [decay * p + (1 - decay) * g, a, b],
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

test("an element's result does not depend on its place in the range", () => {
  const n = 23;
  const whole = arena(n, 0);
  const single = arena(n, 2);
  for (const { arrays } of [whole, single]) {
    const random = new Random(5);
    for (const array of arrays) random.fillNormal(array);
    for (const [i, x] of arrays[3].entries()) arrays[3][i] = Math.abs(x);
  }
  const settings = { lr: 0.01, beta1: 0.5, beta2: 0.9, eps: 1e-8, weightDecay: 0.1 };
  const step = ({ kernel, at: [p, g, m, v] }: Arena, from: number, count: number): void => {
    const o = 4 * from;
    const ranges = { param: p + o, grad: g + o, m: m + o, v: v + o };
    kernel.adam(ranges, count, { ...settings, biasCorrection1: 0.5, biasCorrection2: 0.1 });
    const rms = { param: p + o, grad: g + o, sq: v + o, buf: m + o };
    kernel.rmsprop(rms, count, { lr: 0.01, alpha: 0.9, eps: 1e-8, momentum: 0.5 });
    const sgd = { param: p + o, grad: g + o, buf: m + o };
    kernel.sgd(sgd, count, { lr: 0.01, momentum: 0.5, nesterov: true, first: false });
    kernel.ema({ target: p + o, source: g + o }, count, 0.9);
    kernel.scale(g + o, count, 0.7);
  };
  step(whole, 0, n);
  for (let i = 0; i < n; i++) step(single, i, 1);
  expect(single.arrays).toEqual(whole.arrays);
});

describe("sums and checks", () => {
  test("sumSquares adds in f64, and scale scales", () => {
    fc.assert(
      fc.property(size, shift, seed, (n, offset, s) => {
        const { kernel, at, arrays } = arena(n, offset);
        new Random(s).fillNormal(arrays[0]);
        const expected = arrays[0].reduce((sum, x) => sum + x * x, 0);
        expect(kernel.sumSquares(at[0], n)).toBeCloseTo(expected, 8);
        const before = arrays[0].slice();
        kernel.scale(at[0], n, 0.1);
        expect(
          arrays[0].every((x, i) => x === Math.fround((before[i] ?? 0) * Math.fround(0.1))),
        ).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test("allFinite finds one bad number anywhere, and only bad numbers", () => {
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), shift, fc.nat(), bad, (n, offset, where, x) => {
        const { kernel, at, arrays } = arena(n, offset);
        arrays[0].fill(-3.4028234663852886e38);
        expect(kernel.allFinite(at[0], n)).toBe(true);
        arrays[0][where % n] = x;
        expect(kernel.allFinite(at[0], n)).toBe(false);
      }),
    );
  });

  test("NaN is not hidden by the flush of denormals", () => {
    const { kernel, at, arrays } = arena(5, 0);
    const [param, grad, m, v] = at;
    arrays[1].fill(Number.NaN);
    kernel.adam({ param, grad, m, v }, 5, {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.9,
      eps: 1e-8,
      biasCorrection1: 0.1,
      biasCorrection2: 0.1,
    });
    for (const array of arrays) expect(array.every(Number.isNaN)).toBe(true);
  });
});

test("state that decays ends at 0 or next to it, never among the denormals", () => {
  const n = 7;
  const { kernel, at, arrays } = arena(n, 0);
  const [param, grad, m, v] = at;
  arrays[2].fill(1);
  arrays[3].fill(1);
  const settings = { lr: 0, beta1: 0.5, beta2: 0.5, eps: 1e-8 };
  for (let t = 0; t < 130; t++) {
    arrays[1].fill(t < 100 ? 0 : 1e-25);
    kernel.adam({ param, grad, m, v }, n, { ...settings, biasCorrection1: 1, biasCorrection2: 1 });
    for (const x of [...arrays[2], ...arrays[3]]) expect(x === 0 || x >= 1.17e-38).toBe(true);
  }
  for (const x of arrays[3]) expect(x).toBeLessThan(1e-37);
});

test("the first step of sgd does not read the buffer, and no momentum does not write it", () => {
  const { kernel, at, arrays } = arena(6, 0);
  const [param, grad, buf] = at;
  arrays[1].fill(2);
  arrays[2].fill(Number.NaN);
  kernel.sgd({ param, grad, buf }, 6, { lr: 1, first: true });
  expect(arrays[2].every(Number.isNaN)).toBe(true);
  kernel.sgd({ param, grad, buf }, 6, { lr: 1, momentum: 0.5, first: true });
  expect([...arrays[0]]).toEqual(new Array(6).fill(-4));
});

test("ranges above 2 GiB work", () => {
  const memory = createKernelMemory(2 ** 31 + 4 * 65_536);
  const base = 2 ** 31 - 16;
  const x = new Float32Array(memory.buffer, base, 1000).fill(3);
  const kernel = createOptimizerKernel(memory);
  kernel.scale(base, 1000, 2);
  expect(kernel.sumSquares(base, 1000)).toBe(36_000);
  expect(kernel.allFinite(base, 1000)).toBe(true);
  kernel.ema({ target: base, source: base + 4000 }, 1000, 0.5);
  expect(x.every((value) => value === 3)).toBe(true);
});

describe("refuses", () => {
  const { kernel } = arena(8, 0);
  const adam = { lr: 1, beta1: 0, beta2: 0, eps: 1, biasCorrection1: 1, biasCorrection2: 1 };
  test.each<[string, () => void, RegExp]>([
    ["a range past the end", () => kernel.scale(65_528, 3, 1), /the memory has 65536/],
    ["an odd offset", () => kernel.scale(2, 1, 1), /multiple of 4, received 2/],
    ["a negative offset", () => kernel.scale(-4, 1, 1), /received -4/],
    ["a negative size", () => kernel.scale(0, -1, 1), /n must be/],
    ["a fractional size", () => kernel.allFinite(0, 1.5), /n must be/],
    [
      "ranges that overlap",
      () => kernel.adam({ param: 0, grad: 16, m: 64, v: 96 }, 5, adam),
      /"param" and "grad" overlap/,
    ],
    [
      "momentum without a buffer",
      () => kernel.sgd({ param: 0, grad: 64 }, 1, { lr: 1, momentum: 0.9, first: true }),
      /needs a buffer/,
    ],
    [
      "a learning rate that is NaN",
      () => kernel.adam({ param: 0, grad: 16, m: 32, v: 48 }, 1, { ...adam, lr: Number.NaN }),
      /lr must be a finite number, received NaN/,
    ],
    ["memory above 4 GiB", () => createKernelMemory(2 ** 33), /0 to 2\^32 bytes/],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
    expect(act).toThrow(GansmithError);
  });
});

test("the module is small enough for a page's main thread", () => {
  // Chrome may refuse to compile more than 4 KiB synchronously there.
  expect(atob(KERNEL_WASM_BASE64).length).toBeLessThanOrEqual(4096);
});
