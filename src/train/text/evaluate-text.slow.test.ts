import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { selfBleuScores } from "../../metrics/text/index.ts";
import { checkTextConfig } from "../../recipes/text/index.ts";
import { readEvents } from "../run-folder/events.ts";
import { evaluateText, sweepText, type TextFigure } from "./evaluate-text.ts";
import { idTexts, realTexts } from "./judged-texts.ts";
import { plainPoint, qualityPicture, recordTextSweep } from "./record-text.ts";
import { trainText } from "./train-text.ts";

const folder = mkdtempSync(join(tmpdir(), "gansmith-judged-"));
const cacheDir = join(folder, "cache");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, "sentences.txt");
const words = (list: string) => list.split(" ");
const texts = words("cat dog bird fish cow fox hen pig").flatMap((who) =>
  words("sat lay slept sang ran stood").flatMap((did) =>
    words("mat rug tree hill road roof wall moss").map(
      (where) => `the ${who} ${did} on the ${where}`,
    ),
  ),
);
writeFileSync(path, `${texts.join("\n")}\n`);

const trained = trainText(
  checkTextConfig({
    ...{ kind: "text", recipe: "text", length: 8, seed: 1, samples: 2, threads: 1 },
    data: { name: "file", path, limit: 200 },
    tokenizer: { kind: "word", minimumCount: 1 },
    generator: { embedding: 8, hidden: 32, dropout: 0 },
    stages: [
      {
        method: { name: "likelihood", batch: 16, learningRate: 0.02, leastSteps: 30 },
        iterations: 3,
      },
    ],
  }),
  { out: join(folder, "run") },
);

test("a sweep judges both ways at every temperature, beside real texts", async () => {
  const { run } = await trained;
  const metrics = ["self-bleu", "bleu", "lm", "reverse-lm", "frechet-lm"];
  const sweep = await sweepText(run, { metrics, n: 15, temperatures: [0.2, 1, 3], cacheDir });
  expect(sweep.map((p) => p.temperature)).toEqual([0.2, 1, 3]);
  const of = (name: string) => sweep.map((p) => p.metrics[name] as TextFigure);
  for (const name of metrics) {
    expect(new Set(of(name).map((f) => f.floor)).size, name).toBe(1);
    for (const { value, floor } of of(name)) expect(Number.isFinite(value + floor)).toBe(true);
  }
  const values = (name: string) => of(name).map((f) => f.value) as [number, number, number];
  // Careful texts are likelier and more alike, wild ones are noise to the judge.
  const [careful, plain, wild] = values("lm");
  expect(careful).toBeLessThan(plain);
  expect(wild).toBeGreaterThan(plain + 0.3);
  expect(values("self-bleu")[0]).toBeGreaterThan(values("self-bleu")[2]);
  // Nothing teaches the language better than itself, and a few safe texts worst.
  const reverse = of("reverse-lm");
  expect(reverse[0]?.value).toBeGreaterThan(reverse[1]?.value as number);
  expect(reverse[1]?.value).toBeGreaterThan((reverse[1]?.floor as number) - 0.05);
  expect(reverse[1]?.samples).toBe(200);
  expect(of("lm")[1]?.samples).toBe(15);
  expect(values("frechet-lm")[2]).toBeGreaterThan(values("frechet-lm")[1]);
  // One temperature alone, judged again from what is kept, is the same.
  const alone = await evaluateText(run, { metrics: ["lm", "self-bleu"], n: 15, cacheDir });
  expect(alone.lm).toEqual(of("lm")[1]);
  const drawn = idTexts(await run.draw(15), run.config);
  expect(alone["self-bleu"]?.value).toBe(selfBleuScores(drawn)[4]);

  expect(await recordTextSweep(run, sweep)).toBe(qualityPicture);
  const png = readFileSync(join(run.path, qualityPicture));
  expect([...png.subarray(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
  const event = readEvents(join(run.path, "events.jsonl")).at(-1);
  expect(event).toMatchObject({ type: "metrics", step: 3, file: qualityPicture });
  expect(event).toHaveProperty("metrics.lm.value", plain);
  expect(event).toHaveProperty("sweep.2.metrics.lm.value", wild);
});

test("the judge's texts are none of the generator's", async () => {
  const { run } = await trained;
  const { train, unseen, test: judged } = await realTexts(run);
  expect(train).toHaveLength(200);
  expect(train.length + unseen.length + judged.length).toBe(texts.length);
  const learned = new Set(train.map((t) => t.join()));
  for (const text of [...unseen, ...judged]) expect(learned.has(text.join())).toBe(false);
});

test("language models are asked for by name, and unknown metrics are refused", async () => {
  const { run } = await trained;
  const sweep = await sweepText(run, { n: 5, temperatures: [1.5], cacheDir: join(folder, "none") });
  expect(Object.keys(plainPoint(sweep).metrics)).toEqual([
    ...["bleu", "self-bleu", "distinct", "unique-sequences", "novelty"],
  ]);
  expect(existsSync(join(folder, "none"))).toBe(false);
  await expect(evaluateText(run, { metrics: ["blue"] })).rejects.toThrow('Did you mean "bleu"');
  await expect(evaluateText(run, { metrics: ["quatrain-form"] })).rejects.toThrow("metric");
});

test("real poems are judged as they stand in the corpus, characters unknown to the generator and all", async () => {
  const poems = join(folder, "poems.txt");
  const line = (i: number, j: number) =>
    Array.from({ length: 5 }, (_, k) =>
      // The last character of a poem occurs once.
      String.fromCodePoint(j === 3 && k === 4 ? 0x5000 + i : 0x4e00 + ((i * 7 + j * 5 + k) % 40)),
    ).join("");
  const all = Array.from({ length: 200 }, (_, i) => [0, 1, 2, 3].map((j) => line(i, j)).join("，"));
  writeFileSync(poems, all.join("\n"));
  const { run } = await trainText(
    checkTextConfig({
      ...{ kind: "text", recipe: "text", length: 23, seed: 1, samples: 2, threads: 1 },
      data: { name: "file", path: poems },
      tokenizer: { kind: "character", minimumCount: 2 },
      generator: { embedding: 8, hidden: 16 },
      stages: [{ method: { name: "likelihood", batch: 16 }, iterations: 1 }],
    }),
    { out: join(folder, "poet") },
  );
  const { test: held, written } = await realTexts(run);
  for (const text of held) expect(all).toContain(written(text));
  expect(held.every((text) => text.at(-1) === 2)).toBe(true);
  const found = await evaluateText(run, { metrics: ["quatrain-form"] });
  expect(found["quatrain-form"]).toMatchObject({ floor: 1, value: 0 });
});
