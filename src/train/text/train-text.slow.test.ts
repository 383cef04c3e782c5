import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { checkTextConfig, type TextRunConfig, textRecipes } from "../../recipes/text/index.ts";
import { decodeMessage } from "../../util/protobuf.ts";
import { Random } from "../../util/random.ts";
import { readEvents } from "../run-folder/events.ts";
import { EVENT_SCHEMA } from "../run-folder/tensorboard.ts";
import { scanRecords } from "../run-folder/tfrecord.ts";
import { checkMethod } from "../sequence/methods/registry.ts";
import { timeMajor } from "../sequence/sequence-judge.ts";
import { evaluateText, type TextFigure } from "./evaluate-text.ts";
import { finishText } from "./finish-text.ts";
import type { TextReport } from "./messages.ts";
import { exportText } from "./text-onnx.ts";
import { TextRun } from "./text-run.ts";
import { resumeText, type TrainTextOptions, trainText } from "./train-text.ts";

const folder = mkdtempSync(join(tmpdir(), "gansmith-text-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 240 sentences of one form. */
const texts = ["cat", "dog", "bird", "fish", "cow", "fox"].flatMap((who) =>
  ["sat", "lay", "slept", "sang", "ran"].flatMap((did) =>
    ["mat", "rug", "tree", "hill", "road", "roof", "wall", "moss"].map(
      (where) => `the ${who} ${did} on the ${where}`,
    ),
  ),
);
const path = join(folder, "sentences.txt");
writeFileSync(path, `${texts.join("\n")}\n`);

function config(changes: Partial<TextRunConfig> = {}): TextRunConfig {
  return checkTextConfig({
    ...{ kind: "text", recipe: "text", length: 8, seed: 1, samples: 2, threads: 1 },
    data: { name: "file", path },
    tokenizer: { kind: "word", minimumCount: 1 },
    generator: { embedding: 8, hidden: 32, dropout: 0 },
    stages: [
      { method: { name: "likelihood", batch: 16, learningRate: 0.02 }, iterations: 4 },
      {
        method: { name: "cot", batch: 16, generatorSteps: 4 },
        ...{ iterations: 3, patience: 2 },
      },
    ],
    ...changes,
  });
}

test("a run learns to write sentences, says so in its folder, and is judged", async () => {
  const out = join(folder, "whole");
  const stages = [
    { method: { name: "likelihood", batch: 16, learningRate: 0.02 }, iterations: 25, patience: 5 },
  ];
  const { run, reason, nll } = await trainText(config({ stages, metrics: ["bleu"] }), { out });
  expect(reason).toBe("finished");
  // 240 sentences of 7 tokens with the end: a perfect model has ln(240) / 7 nats a token.
  expect(nll).toBeLessThan(1);
  const written = await run.sample(50, { seed: 5 });
  const right = written.filter((t) => texts.includes(t)).length;
  expect(right).toBeGreaterThan(40);
  expect(await run.sample(50, { seed: 5 })).toEqual(written);
  const begun = await run.sample(10, { prefix: "the fox", temperature: 0.5 });
  expect(begun.every((t) => t.startsWith("the fox "))).toBe(true);
  expect(readFileSync(join(out, "samples", "000001.txt"), "utf8").trim()).not.toBe("");
  const types = readEvents(join(out, "events.jsonl")).map((e) => e.type);
  expect(types[0]).toBe("start");
  expect(types.at(-1)).toBe("stop");
  const found = await evaluateText(new TextRun(out), { n: 20, metrics: ["bleu", "novelty"] });
  expect(Object.keys(found)).toEqual(["bleu", "novelty"]);
  expect(found.bleu?.value).toBeGreaterThan(0.5);
  await expect(evaluateText(run, { metrics: ["blue"] })).rejects.toThrow('Did you mean "bleu"');
});

test("exported as ONNX, a generator writes the same tokens for the same numbers", async () => {
  const run = new TextRun(join(folder, "whole"));
  const path = join(folder, "whole.onnx");
  const { length, vocabulary } = exportText(run, path);
  const n = 50;
  // As the sampler of the run draws them.
  const uniform = new Float32Array(length * n);
  new Random(5, "samples").fillUniform(uniform);
  const session = await InferenceSession.create(path);
  const { tokens } = await session.run({
    uniform: new Tensor("float32", uniform, [length, n]),
    temperature: new Tensor("float32", [1], []),
    prefix: new Tensor("int32", new Int32Array(length * n), [length, n]),
    prefixed: new Tensor("float32", new Float32Array(length * n), [length, n]),
  });
  const own = await run.draw(n, { seed: 5 });
  expect(timeMajor(own, length, n)).toEqual(tokens?.data);
  expect(Math.max(...own)).toBeLessThan(vocabulary);
});

test.each([2, 5])(
  "stopped after iteration %i and resumed, a run ends with the same bits",
  async (at) => {
    const whole = await trainText(config(), { out: join(folder, `straight-${at}`) });
    const out = join(folder, `stopped-${at}`);
    const stop = new AbortController();
    const stopped = await trainText(config(), {
      out,
      signal: stop.signal,
      onReport: (report) => report.type === "iteration" && report.step === at && stop.abort(),
    });
    expect(stopped.reason).toBe("interrupted");
    expect(stopped.step).toBe(at);
    const shown: number[] = [];
    const resumed = await resumeText(out, {
      onReport: (report) => report.type === "iteration" && shown.push(report.shown),
    });
    // 240 sentences, 16 at a time; of CoT's 3 iterations each shows 4 times 16.
    const train = 16 * Math.floor((await whole.run.openData("train")).count / 16);
    expect(shown.at(-1)).toBe(4 * train + 3 * 64);
    expect(resumed.step).toBe(whole.step);
    expect(resumed.run.checkpoint().tensors).toEqual(whole.run.checkpoint().tensors);
    expect(await resumed.run.sample(5)).toEqual(await whole.run.sample(5));
  },
);

test("stopped anywhere within its iterations and resumed, a run ends with the same bits", async () => {
  const stages = [
    { method: { name: "likelihood", batch: 32, learningRate: 0.02 }, iterations: 2 },
    { method: { name: "cot", batch: 16, generatorSteps: 4 }, iterations: 1 },
  ];
  const whole = await trainText(config({ stages }), { out: join(folder, "never-stopped") });
  const out = join(folder, "often-stopped");
  // A checkpoint after each step, and a stop at the fifth of each sitting.
  const often = config({ stages, checkpointEverySeconds: 0 });
  const stops: number[] = [];
  let end = await trainText(often, { out, ...stopAtSave(5) });
  while (end.reason === "interrupted") {
    stops.push(end.step);
    if (end.step === 0) expect(end.nll).toBeUndefined();
    expect(await end.run.sample(1)).toHaveLength(1);
    end = await resumeText(out, stopAtSave(5));
  }
  // 6 steps of 32 a pass, twice, then 4 of CoT.
  expect(stops.length).toBeGreaterThan(2);
  expect(stops[0]).toBe(0);
  expect(end).toMatchObject({ step: whole.step, nll: whole.nll, kimg: whole.kimg });
  const [straight, resumed] = [whole.run.checkpoint(), end.run.checkpoint()];
  expect(resumed.tensors).toEqual(straight.tensors);
  expect(textIterations(out)).toEqual([1, 2, 3]);
});

/** Aborts once a session has saved so often. */
function stopAtSave(n: number): Pick<TrainTextOptions, "onReport" | "signal"> {
  const stop = new AbortController();
  let saves = 0;
  const onReport = ({ type }: TextReport) => {
    if (type === "checkpoint" && ++saves === n) stop.abort();
  };
  return { onReport, signal: stop.signal };
}

/** The steps of a run's scalars. */
function textIterations(out: string): number[] {
  return readEvents(join(out, "events.jsonl")).flatMap((e) => (e.type === "scalars" ? e.step : []));
}

test("a run ends by steps, thousands of texts or minutes, and goes on to a later end", async () => {
  const straight = await trainText(config({ end: { steps: 2 } }), { out: join(folder, "two") });
  expect(straight).toMatchObject({ step: 2, reason: "finished" });
  const out = join(folder, "ends");
  // 12 steps of 16 texts a pass.
  const early = await trainText(config({ end: { kimg: 0.1 } }), { out });
  expect(early).toMatchObject({ step: 0, kimg: 0.112, reason: "finished" });
  const timed = await resumeText(out, { end: { minutes: 1e-9 } });
  expect(timed).toMatchObject({ step: 0, kimg: 0.112, reason: "finished" });
  const later = await resumeText(out, { end: { steps: 2 } });
  expect(later).toMatchObject({ step: 2, reason: "finished" });
  expect(later.run.checkpoint().tensors).toEqual(straight.run.checkpoint().tensors);
  expect(later.run.config.end).toEqual({ steps: 2 });
});

test("a finished run has a model card, generator.onnx and a TensorBoard file", async () => {
  const run = new TextRun(join(folder, "whole"));
  const metrics = await finishText(run);
  expect(Object.keys(metrics)).toEqual(["bleu"]);
  const card = readFileSync(join(run.path, "README.md"), "utf8");
  for (const text of await run.sample(10)) expect(card).toContain(`\n> ${text}\n`);
  const { bleu } = metrics as { bleu: TextFigure };
  const four = (x: number) => Number(x.toPrecision(4));
  for (const part of [
    `| bleu | ${four(bleu.value)} | ${four(bleu.floor)} | ${bleu.samples} |`,
    "| validation NLL, nats a token | ",
    `| texts | ${(await run.openData("train")).count} |`,
    "| seed | 1 |",
    "| threads | 1 |",
    "| node | ",
    "| time | ",
    '| stage 1 | {"name":"likelihood"',
    "gansmith resume ",
  ]) {
    expect(card).toContain(part);
  }
  const session = await InferenceSession.create(join(run.path, "generator.onnx"));
  expect(session.outputNames).toEqual(["tokens"]);
  const file = readdirSync(run.path).find((name) => name.startsWith("events.out.tfevents."));
  const { records, end } = scanRecords(readFileSync(join(run.path, file as string)));
  expect(end).toBe("whole");
  const tags = records.flatMap((record) => {
    const { summary } = decodeMessage<{ summary?: { value: { tag: string }[] } }>(
      EVENT_SCHEMA,
      record,
    );
    return summary?.value.map(({ tag }) => tag) ?? [];
  });
  expect(new Set(tags)).toEqual(new Set(["mle.loss", "nll", "samples"]));
  const said = readEvents(join(run.path, "events.jsonl")).at(-1);
  expect(said).toMatchObject({ type: "metrics", metrics: { bleu: { value: bleu.value } } });
});

test("a run knows its texts from any folder, and refuses others", async () => {
  const own = join(folder, "own.txt");
  writeFileSync(own, texts.join("\n"));
  const data = { name: "file", path: relative(process.cwd(), own) };
  const out = join(folder, "relative");
  const { run } = await trainText(config({ data, end: { steps: 1 } }), { out });
  expect(run.config.data.path).toBe(own);
  writeFileSync(own, `${texts.join("\n")}\nthe cow sat on the moon\n`);
  await expect(resumeText(out)).rejects.toThrow("has changed since this run began");
  rmSync(own);
  await expect(resumeText(out)).rejects.toThrow(
    `own.txt: it does not exist; check the path. The run looks for its data where ${join(out, "config.json")} says.`,
  );
});

test("a run that was killed before its first checkpoint begins anew", async () => {
  const whole = await trainText(config(), { out: join(folder, "killed") });
  const expected = whole.run.checkpoint().tensors;
  for (const name of ["checkpoints", "tokenizer.json"]) {
    rmSync(join(folder, "killed", name), { recursive: true });
  }
  const { run } = await resumeText(join(folder, "killed"));
  expect(run.checkpoint().tensors).toEqual(expected);
});

test("wrong wishes are refused before anything is written", async () => {
  const out = join(folder, "none");
  const refused = async (changes: object, message: string) =>
    expect(async () => trainText({ ...config(), ...changes }, { out })).rejects.toThrow(message);
  await refused({ length: 0 }, "length must be >= 1");
  await refused({ stages: [] }, "stages must");
  await refused({ stages: [{ method: { name: "seqgam" }, iterations: 1 }] }, 'mean "seqgan"');
  await refused(
    { stages: [{ method: { name: "cot", batch: 0 }, iterations: 1 }] },
    "method.batch is refused",
  );
  await refused({ stages: [{ method: { name: "cot" }, iterations: 0 }] }, "iterations must be");
  await refused({ data: { name: "file", path: "nowhere.txt" } }, "nowhere.txt");
  await refused({ data: { name: "brwn" } }, 'Did you mean "brown"');
  await refused({ tokenizer: { kind: "words" } }, 'Did you mean "word"');
  await refused({ generator: { hidden: 0 } }, "generator.hidden must be");
  await refused({ samples: 0 }, "samples must be");
  await refused({ metrics: ["blue"] }, 'Did you mean "bleu"');
  await refused({ end: { minutes: 0 } }, "end.minutes must be");
  expect(() => readFileSync(join(out, "config.json"))).toThrow();
  const run = new TextRun(join(folder, "whole"));
  await expect(run.sample(1, { prefix: "the unicorn" })).rejects.toThrow("never had");
  const long = "the cat the cat the cat the cat";
  await expect(run.sample(1, { prefix: long })).rejects.toThrow("leaves nothing to write");
});

test("every recipe of text is a configuration whose methods take their options", () => {
  for (const { name, config: own } of textRecipes) {
    for (const { method } of checkTextConfig({ recipe: name, ...own }).stages) checkMethod(method);
  }
});
