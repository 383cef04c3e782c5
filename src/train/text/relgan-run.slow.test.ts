import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { sequenceGenerator } from "../../models/index.ts";
import { checkTextConfig } from "../../recipes/text/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { openTeacher } from "../sequence/methods/registry.ts";
import { timeMajor } from "../sequence/sequence-judge.ts";
import { exportText } from "./text-onnx.ts";
import { resumeText, trainText } from "./train-text.ts";

const folder = mkdtempSync(join(tmpdir(), "gansmith-relgan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = ["cat", "dog", "bird", "fish"].flatMap((who) =>
  ["sat", "slept", "sang", "ran"].flatMap((did) =>
    ["today", "again", "late"].map((when) => `the ${who} ${did} ${when}`),
  ),
);
const path = join(folder, "sentences.txt");
writeFileSync(path, `${texts.join("\n")}\n`);

const convolutions = [2, 3].map((width) => ({ width, filters: 8 }));
const judge = { embedding: 8, representations: 4, convolutions, features: 8 };
const config = checkTextConfig({
  ...{ kind: "text", recipe: "text", length: 5, seed: 1, samples: 2, threads: 1 },
  data: { name: "file", path },
  tokenizer: { kind: "word", minimumCount: 1 },
  generator: { name: "relational-memory", embedding: 8, headSize: 8, slots: 2, dropout: 0.1 },
  stages: [
    { method: { name: "likelihood", batch: 8, learningRate: 0.01 }, iterations: 3 },
    {
      method: {
        ...{ name: "relgan", batch: 8, generatorSteps: 2, discriminatorSteps: 2 },
        ...{ generatorRate: 0.001, discriminator: judge, beta: { most: 10, over: 4 } },
      },
      iterations: 3,
    },
  ],
});

test("a run of RelGAN resumes to the bit, and its generator is exported", async () => {
  const betas: (number | undefined)[] = [];
  const whole = await trainText(config, {
    out: join(folder, "whole"),
    onReport: (report) =>
      report.type === "iteration" && report.stage === 1 && betas.push(report.scalars.beta),
  });
  expect(whole.reason).toBe("finished");
  // 10^(i / 4), the mean of two steps of G each.
  expect(betas.map((b) => b?.toFixed(6))).toEqual(
    [0, 2, 4].map((i) => ((10 ** (i / 4) + 10 ** ((i + 1) / 4)) / 2).toFixed(6)),
  );
  const out = join(folder, "stopped");
  const stop = new AbortController();
  const stopped = await trainText(config, {
    out,
    signal: stop.signal,
    onReport: (report) => report.type === "iteration" && report.step === 4 && stop.abort(),
  });
  expect(stopped.reason).toBe("interrupted");
  const resumed = await resumeText(out);
  expect(resumed.step).toBe(whole.step);
  expect(resumed.run.checkpoint().tensors).toEqual(whole.run.checkpoint().tensors);

  const file = join(folder, "generator.onnx");
  const { length } = exportText(whole.run, file);
  const n = 20;
  const uniform = new Float32Array(length * n);
  new Random(5, "samples").fillUniform(uniform);
  const session = await InferenceSession.create(file);
  const { tokens } = await session.run({
    uniform: new Tensor("float32", uniform, [length, n]),
    temperature: new Tensor("float32", [1], []),
    prefix: new Tensor("int32", new Int32Array(length * n), [length, n]),
    prefixed: new Tensor("float32", new Float32Array(length * n), [length, n]),
  });
  await session.release();
  const own = await whole.run.draw(n, { seed: 5 });
  expect(timeMajor(own, length, n)).toEqual(tokens?.data);
  const written = await whole.run.sample(10, { prefix: "the fish", temperature: 0.5 });
  expect(written.every((text) => text.startsWith("the fish"))).toBe(true);
}, 120_000);

test("SeqGAN rewards a relational memory by a multi-representation discriminator", async () => {
  const spec = { embedding: 4, headSize: 4, slots: 2, name: "relational-memory" };
  const length = 4;
  const teacher = await openTeacher(
    {
      ...{ name: "seqgan", batch: 8, rollouts: 2, stepsPerFakes: 1 },
      discriminator: { name: "multi-representation", ...judge },
      discriminatorSteps: { before: 1, each: 1 },
    },
    {
      generator: sequenceGenerator(checkTextConfig({ ...config, generator: spec }).generator, {
        vocabulary: 9,
        length,
        start: 0,
        end: 1,
      }),
      train: new Int32Array(16 * length).fill(2),
      ...{ seed: 1, backend: cpuBackend({ threads: 1 }) },
    },
  );
  const before = await teacher.weights();
  const scalars = await teacher.iterate();
  expect([...(scalars?.values() ?? [Number.NaN])].every(Number.isFinite)).toBe(true);
  for (const [name, data] of await teacher.weights()) {
    expect(
      data.some((x, i) => x !== before.get(name)?.[i]),
      name,
    ).toBe(true);
  }
  await teacher.release();
}, 60_000);
