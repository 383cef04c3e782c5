import { beforeAll, describe, expect, test } from "vitest";
import { webgpuBackend } from "../src/runtime/index.ts";
import { useSoftwareVulkan } from "./support/chromium.ts";
import { derivativesOf } from "./support/derivatives.ts";
import { deviceRoundTrip, expectedRoundTrip } from "./support/device-round-trip.ts";
import { runAllSamples } from "./support/merged-samples.ts";
import { allSamples } from "./support/op-samples.ts";

beforeAll(useSoftwareVulkan);

test("every op, gradient and second gradient on WebGPU in Node.js", async () => {
  const report = await runAllSamples(webgpuBackend());
  expect(report.failures).toEqual([]);
  expect(report.compared).toBeGreaterThan(700);
  expect(report.worst.error).toBeGreaterThan(0);
});

test("state stays on the device and is fed back", async () => {
  expect(await deviceRoundTrip(webgpuBackend())).toEqual(expectedRoundTrip);
});

describe("what runs whole on the GPU", () => {
  const onCpu = /^argmax|^leastKept|^slice: (i32|bool)|^transpose: bool|^leaf: bool/;

  test("every op of floats, with its derivatives", async () => {
    const backend = webgpuBackend({ wholeOnGpu: true });
    for (const { name, sample } of allSamples()) {
      if (onCpu.test(name)) continue;
      const session = await backend.compile({ ...derivativesOf(name, sample).graph, name });
      await session.release();
    }
  });

  test("others are refused by name where that is asked for", async () => {
    const backend = webgpuBackend({ wholeOnGpu: true });
    const refused = allSamples().filter(({ name }) => onCpu.test(name));
    expect(refused).toHaveLength(12);
    for (const { name, sample } of refused) {
      await expect(backend.compile({ ...derivativesOf(name, sample).graph, name })).rejects.toThrow(
        `session "${name}" cannot run whole on webgpu: it has no kernel, with these types, for at least one of`,
      );
    }
  });
});
