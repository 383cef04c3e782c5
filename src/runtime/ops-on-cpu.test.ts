import { describe, expect, test } from "vitest";
import { derivativesOf, referenceOutputs, relativeError } from "../../test/support/derivatives.ts";
import { allSamples } from "../../test/support/op-samples.ts";
import { cpuBackend, type Tensor } from "./index.ts";

/** Bound on the largest f32 error, against the larger of 1 and the largest number. */
const tolerance = 2e-6;

/** Each op's own lowering, and the forms that the CPU backend puts in their place. */
const backends = {
  "its own lowering": cpuBackend({ threads: 1, lowering: (outputs) => [...outputs] }),
  "the backend's forms": cpuBackend({ threads: 1 }),
};

describe.each(Object.entries(backends))("op, gradient and second gradient in %s", (_n, backend) => {
  for (const { name, sample } of allSamples()) {
    test(name, async () => {
      const { graph, feeds } = derivativesOf(name, sample);
      const truth = referenceOutputs(graph, feeds);
      const session = await backend.compile(graph);
      const results = await session.run(feeds);
      expect([...results.keys()]).toEqual([...truth.keys()]);
      for (const [output, expected] of truth) {
        const found = results.get(output) as Tensor;
        expect(found.dims, output).toEqual(expected.shape);
        expect(found.dtype, output).toBe(graph.outputs.get(output)?.dtype);
        expect(relativeError(expected.data, found.data), output).toBeLessThan(tolerance);
      }
      await session.release();
    });
  }
});
