import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { filesOf, finish, gansmith, start } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const game = [
  ...["text", "--data", "./poems.txt", "--out", "run", "--seed", "1"],
  ...["--set", "stages.0.iterations=3", "--set", "length=30", "--set", "generator.hidden=16"],
  ...["--threads", "1"],
];

beforeAll(() => {
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
  writeFileSync(join(cwd, "one.txt"), "a single sentence.\n");
  writeFileSync(join(cwd, "huge.txt"), "x".repeat(1_000_001));
  const scripts = [
    "春眠不覺曉，處處聞啼鳥。",
    "Ночь, улица, фонарь, аптека",
    "שלום עולם",
    "été 🎈 naïve",
  ];
  const mixed = Array.from({ length: 240 }, (_, i) =>
    `${scripts[i % 4]} ${i} `.repeat(1 + (i % 9)),
  );
  writeFileSync(join(cwd, "scripts.txt"), mixed.join("\n"));
});

test("text: train, sample, eval and resume from the command line", async () => {
  const trained = await gansmith(cwd, ["train", ...game, "--json"]);
  expect(trained.code).toBe(0);
  expect(trained.lines[0]).toMatchObject({ type: "start", run: "run" });
  expect(trained.last).toMatchObject({ type: "result", run: "run", step: 3, reason: "finished" });
  const files = filesOf(join(cwd, "run"));
  const whole = ["config.json", "events.jsonl", "tokenizer.json", "samples/000003.txt"];
  for (const name of [...whole, "generator.onnx", "README.md"]) expect(files).toContain(name);
  expect(trained.last).toMatchObject({
    kimg: expect.any(Number),
    seconds: expect.any(Number),
    metrics: { nll: {}, bleu: { floor: expect.any(Number), samples: expect.any(Number) } },
  });
  const types = new Set(trained.lines.map(({ type }) => type));
  expect(types).toEqual(new Set(["start", "progress", "iteration", "checkpoint", "result"]));
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
  // The likeliest token and no other: every text is the same.
  const sure = ["sample", "run", "--n", "4", "--top-k", "1", "--top-p", "0.9", "--json"];
  const { last: safe } = await gansmith(cwd, sure);
  expect(safe).toMatchObject({ topK: 1, topP: 0.9 });
  expect(new Set(safe.texts as string[]).size).toBe(1);
  const judged = await gansmith(cwd, ["eval", "run", "--n", "10", "--json"]);
  expect(judged.last).toMatchObject({ metrics: { bleu: { samples: 10 }, "self-bleu": {} } });
  const again = await gansmith(cwd, ["resume", "run", "--json"]);
  expect(again.last).toMatchObject({ step: 3, reason: "finished" });
  const listed = await gansmith(cwd, ["recipes", "--json"]);
  const names = (listed.last.recipes as { name: string }[]).map((r) => r.name);
  expect(names).toEqual(expect.arrayContaining(["text", "brown-seqgan", "quatrain-cot"]));
}, 120_000);

test("Ctrl-C stops within an iteration, while no other process may have the run; it goes on from any folder", async () => {
  const long = ["--set", "stages.0.method.leastSteps=1000000", "--set", "metrics=[]"];
  const names = [...game, ...long].map((a) => (a === "run" ? "stopped" : a));
  const child = start(cwd, ["train", ...names, "--json"]);
  const done = finish(child);
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes('"type":"progress"')) resolve();
    });
  });
  const second = await gansmith(cwd, ["resume", "stopped"]);
  expect(second.code).toBe(2);
  expect(second.stderr).toContain("in use by process");
  child.kill("SIGINT");
  const { code, last, stderr } = await done;
  expect(code, stderr).toBe(0);
  expect(last).toMatchObject({ type: "result", step: 0, reason: "interrupted", metrics: {} });
  const elsewhere = join(cwd, "elsewhere");
  mkdirSync(elsewhere);
  const kimg = (last.kimg as number) + 0.5;
  const more = await gansmith(elsewhere, ["resume", "../stopped", "--kimg", `${kimg}`, "--json"]);
  expect(more.lines[0]).toMatchObject({ type: "start", step: 0 });
  expect(more.last).toMatchObject({ step: 0, reason: "finished" });
  expect(more.last.kimg).toBeGreaterThanOrEqual(kimg);
  expect(filesOf(join(cwd, "stopped"))).toContain("generator.onnx");
}, 180_000);

test("--dry-run reads the texts and writes nothing", async () => {
  const before = filesOf(cwd);
  const plan = await gansmith(cwd, [
    "train",
    "text",
    "--data",
    "./poems.txt",
    "--dry-run",
    "--json",
  ]);
  expect(plan.code).toBe(0);
  const numbers = { texts: expect.any(Number), validation: expect.any(Number), cut: 0 };
  expect(plan.last).toMatchObject({
    ...{ type: "result", dryRun: true, config: { recipe: "text" }, data: numbers },
    parameters: { generator: expect.any(Number) },
  });
  expect(filesOf(cwd)).toEqual(before);
});

test("texts of many scripts, and longer than a sequence, are learned and written", async () => {
  const small = ["generator.hidden=8", "metrics=[]", "length=40", "threads=1"];
  const quick = [...small, "stages.0.method.leastSteps=4"].flatMap((s) => ["--set", s]);
  const args = [
    "train",
    "text",
    "--data",
    "./scripts.txt",
    ...quick,
    "--steps",
    "1",
    "--out",
    "mixed",
  ];
  const { code, last, stderr } = await gansmith(cwd, [...args, "--json"]);
  expect(code, stderr).toBe(0);
  expect(last).toMatchObject({ step: 1, reason: "finished" });
  const draw = ["sample", "mixed", "--n", "2", "--prefix", "春眠", "--json"];
  const { last: drawn } = await gansmith(cwd, draw);
  expect((drawn.texts as string[]).every((t) => t.startsWith("春眠"))).toBe(true);
}, 180_000);

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
  [data("./one.txt"), "documents"],
  [data("./huge.txt"), "line 1 holds 1000001 characters"],
  [data("brwn"), 'mean "brown"'],
  [data("quatrains", "--set", "data.characters=6"), "characters"],
  [data("./poems.txt", "--kimg", "0"), "above 0"],
  [data("./poems.txt", "--steps", "21"), "the stages have 20 in all"],
  [data("./poems.txt", "--steps", "2", "--minutes", "1"), "cannot be used with"],
  [data("./poems.txt", "--verbose"), "--verbose means nothing for text"],
  [data("./poems.txt", "--out", "run"), "already holds a run"],
  [set('metrics=["fid"]'), "unknown metric"],
  [set("end.minutes=0"), "end.minutes must"],
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
  [set("generator.noise.size=0"), "generator.noise.size must"],
  [set("generator.noise.into=[]"), "generator.noise.size is missing"],
  [
    data("./poems.txt", "--set", 'generator={"name":"transformer","width":30}'),
    "generator.heads must",
  ],
  [set("generator.name=gru"), 'generator.name must be "lstm"'],
  [set("generator.hiden=8"), 'unknown key "generator.hiden" (did you mean "generator.hidden"?)'],
  [set("tokenizer.kind=letters"), "unknown tokenizer"],
  [set("samples=0"), "samples must"],
  [["sample", "run", "--prefix", "\u6625".repeat(30)], "leaves nothing to write"],
  [["sample", "run", "--temperature", "0"], "above 0"],
  [["sample", "run", "--top-k", "0"], ">= 1"],
  [["sample", "run", "--top-k", "2.5"], ">= 1"],
  [["sample", "run", "--top-k", "3000000000"], "topK must be a whole number"],
  [["sample", "run", "--top-p", "0"], "above 0, at most 1"],
  [["sample", "run", "--top-p", "90"], "above 0, at most 1"],
  [["sample", "run", "--top-p", "most"], "above 0, at most 1"],
  [["sample", "run", "--class", "1"], "--class means nothing for text"],
  [["sample", "run", "--n", "0"], ">= 1"],
  [["eval", "run", "--metrics", "fid"], "unknown metric"],
  [["eval", "run", "--network", "mnist"], "--network means nothing for text"],
  [["export", "run", "--out", "text.safetensors"], "is written as ONNX"],
  [["resume", "run", "--steps", "4"], "the stages have 3 in all"],
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
