import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { buildProgram, filesOf, gansmith } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const game = [
  ...["text", "--data", "./poems.txt", "--out", "run", "--seed", "1"],
  ...["--set", "stages.0.iterations=3", "--set", "length=30", "--set", "generator.hidden=16"],
];

beforeAll(() => {
  buildProgram();
  const lines = Array.from(
    { length: 200 },
    (_, i) => `line ${i} of the ${i % 2 ? "long" : "short"} poem`,
  );
  writeFileSync(join(cwd, "poems.txt"), lines.join("\n"));
  writeFileSync(join(cwd, "empty.txt"), "\n\n\n");
  writeFileSync(join(cwd, "latin.txt"), Buffer.from([0x61, 0xe9, 0x20, 0xff, 0x0a]));
  writeFileSync(join(cwd, "rows.csv"), "name\nann\n");
  writeFileSync(join(cwd, "rows.jsonl"), '{"text":"a"}\nnot json\n');
  writeFileSync(join(cwd, "poems.pdf"), "%PDF");
  writeFileSync(join(cwd, "two.txt"), "one line\nand another\n");
});

test("text: train, sample, eval and resume from the command line", async () => {
  const trained = await gansmith(cwd, ["train", ...game, "--json"]);
  expect(trained.code).toBe(0);
  expect(trained.lines[0]).toMatchObject({ type: "start", run: "run" });
  expect(trained.last).toMatchObject({ type: "result", run: "run", step: 3, reason: "finished" });
  const files = filesOf(join(cwd, "run"));
  for (const name of ["config.json", "events.jsonl", "tokenizer.json", "samples/000003.txt"]) {
    expect(files).toContain(name);
  }
  const sample = [
    "sample",
    "run",
    "--n",
    "3",
    "--temperature",
    "0.8",
    "--prefix",
    "line",
    "--json",
  ];
  const { last } = await gansmith(cwd, sample);
  const texts = last.texts as string[];
  expect(texts).toHaveLength(3);
  expect(texts.every((t) => t.startsWith("line"))).toBe(true);
  const judged = await gansmith(cwd, ["eval", "run", "--n", "10", "--json"]);
  expect(judged.last).toMatchObject({ metrics: { bleu: { samples: 10 }, "self-bleu": {} } });
  const again = await gansmith(cwd, ["resume", "run", "--json"]);
  expect(again.last).toMatchObject({ step: 3, reason: "finished" });
  const listed = await gansmith(cwd, ["recipes", "--json"]);
  const names = (listed.last.recipes as { name: string }[]).map((r) => r.name);
  expect(names).toEqual(expect.arrayContaining(["text", "brown-seqgan", "quatrain-cot"]));
}, 120_000);

const data = (file: string, ...more: string[]) => ["train", "text", "--data", file, ...more];
const set = (value: string) => data("./poems.txt", "--set", value);

/** What is asked, and a part of the sentence that answers. */
const bad: readonly (readonly [readonly string[], string])[] = [
  [data("./none.txt"), "none.txt"],
  [data("./empty.txt"), "no text"],
  [data("./latin.txt"), "latin.txt"],
  [data("./rows.csv"), "text"],
  [data("./rows.jsonl"), "rows.jsonl"],
  [data("./poems.pdf"), ".pdf"],
  [data("./two.txt"), "documents"],
  [data("brwn"), 'mean "brown"'],
  [data("quatrains", "--set", "data.characters=6"), "characters"],
  [data("./poems.txt", "--kimg", "1"), "--kimg means nothing for text"],
  [data("./poems.txt", "--steps", "1"), "--steps means nothing for text"],
  [data("./poems.txt", "--minutes", "1"), "--minutes means nothing for text"],
  [data("./poems.txt", "--size", "32"), "--size means nothing for text"],
  [data("./poems.txt", "--guard"), "--guard means nothing for text"],
  [set("length=0"), "length must"],
  [set("length=1000"), "length must"],
  [set("lenght=20"), "lenght"],
  [set("stages=[]"), "stages must"],
  [set("stages.0.iterations=0"), "iterations must"],
  [set("stages.0.patience=-1"), "patience must"],
  [set("stages.0.method.name=mle"), "unknown sequence method"],
  [set("stages.0.method.batch=0"), "method.batch is refused"],
  [set("stages.0.method.learningRate=fast"), "method.learningRate is refused"],
  [set("generator.hidden=0"), "generator.hidden must"],
  [set("generator.dropout=1"), "generator.dropout must"],
  [set("tokenizer.kind=letters"), "unknown tokenizer"],
  [set("samples=0"), "samples must"],
  [["sample", "run", "--prefix", "\u6625".repeat(30)], "leaves nothing to write"],
  [["sample", "run", "--temperature", "0"], "above 0"],
  [["sample", "run", "--class", "1"], "--class means nothing for text"],
  [["sample", "run", "--n", "0"], ">= 1"],
  [["eval", "run", "--metrics", "fid"], "unknown metric"],
  [["eval", "run", "--network", "mnist"], "--network means nothing for text"],
  [["export", "run", "--out", "text.safetensors"], "is written as ONNX"],
  [["resume", "run", "--kimg", "3"], "--kimg means nothing for text"],
];

test.each(bad)("%j is one clear sentence", async (args, part) => {
  const before = filesOf(cwd);
  const { code, stderr } = await gansmith(cwd, args);
  expect([1, 2]).toContain(code);
  const lines = stderr.trim().split("\n");
  expect(lines.at(-1)).toContain(part);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(filesOf(cwd)).toEqual(before);
});
