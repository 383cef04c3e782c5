import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gansmith } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";
import { type Site, servePages } from "./support/static-server.ts";
import { type ServedStudio, serveStudio } from "./support/studio.ts";
import { asFile, downloaded, expectOpenToAll, give, studioPages } from "./support/studio-page.ts";

const root = join(import.meta.dirname, "..");
const cwd = temporaryFolder();
const pages = studioPages();
const heats = [0.7, 1, 1.3];
let studio: ServedStudio;
let site: Site;
let page: Page;

/** A run that was judged over temperatures. */
const judged = "00001-text";
const file = (name: string) => readFileSync(join(cwd, "runs", judged, name));

beforeAll(async () => {
  const lines = Array.from({ length: 200 }, (_, i) => {
    return `line ${i} of the ${i % 2 ? "long" : "short"} poem`;
  });
  writeFileSync(join(cwd, "poems.txt"), lines.join("\n"));
  const settings = [
    ...["stages.0.iterations=3", "length=30", "generator.hidden=16", "metrics=[]", "threads=1"],
    "stages.0.method.leastSteps=30",
    'tokenizer={"kind":"character","minimumCount":1}',
  ];
  const game = ["text", "--data", "./poems.txt", "--seed", "1"];
  const sets = settings.flatMap((s) => ["--set", s]);
  expect((await gansmith(cwd, ["train", ...game, ...sets])).code).toBe(0);
  const metrics = ["--metrics", "bleu,self-bleu"];
  const sweep = ["eval", join("runs", judged), "--n", "20", "--temperatures", "0.6,1,1.4"];
  expect((await gansmith(cwd, [...sweep, ...metrics])).code).toBe(0);
  studio = await serveStudio(cwd);
  site = await servePages();
}, 300_000);
afterAll(async () => {
  await studio?.end();
  await site?.close();
});

/** The page with the run of the server, once it has written. */
async function open(look: Parameters<typeof pages.open>[1] = {}) {
  page = await pages.open(`${studio.base}/#/text?id=${judged}`, look);
  await written();
}
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const section = (name: string) => page.getByRole("region", { name, exact: true });
const texts = (heat: number) =>
  section(`temperature ${heat}`)
    .locator("li")
    .evaluateAll((items) => items.map(({ textContent }) => textContent ?? ""));
/** Waits until the page has written at all temperatures. */
const written = (all: readonly number[] = heats, n = 10) =>
  expect
    .poll(async () => Promise.all(all.map(async (heat) => (await texts(heat)).length)), {
      timeout: 60_000,
    })
    .toEqual(all.map(() => n));
const field = (name: string) => page.getByRole("textbox", { name, exact: true });
const number = (name: string) => page.getByRole("spinbutton", { name, exact: true });
/** Writes with what the form says now. */
async function write() {
  await press("Write");
  await expect
    .poll(() => page.getByRole("button", { name: "Write", exact: true }).isEnabled())
    .toBe(true);
}
const problem = () => page.locator("main > .problem").textContent();
/** What `gansmith sample` writes. */
async function sampled(heat: number, seed: number, n: number, ...more: string[]) {
  const flags = ["--n", String(n), "--seed", String(seed), "--temperature", String(heat)];
  const { last } = await gansmith(cwd, [
    "sample",
    join("runs", judged),
    ...flags,
    ...more,
    "--json",
  ]);
  return last.texts as string[];
}

test("a run of the list: texts of each temperature, the same as `gansmith sample` writes", async () => {
  page = await pages.open(`${studio.base}/#/text`);
  const list = page.getByRole("combobox", { name: "a run", exact: true });
  await expect.poll(() => list.locator("option").count()).toBe(2);
  await list.selectOption(judged);
  await written();
  expect(page.url()).toContain(`#/text?id=${judged}`);
  for (const heat of heats) expect(await texts(heat)).toEqual(await sampled(heat, 0, 10));
  expect(await texts(0.7)).not.toEqual(await texts(1.3));

  await number("seed").fill("3");
  await number("texts").fill("4");
  await field("temperatures").fill("0.5, 2");
  await write();
  await written([0.5, 2], 4);
  for (const heat of [0.5, 2]) expect(await texts(heat)).toEqual(await sampled(heat, 3, 4));
  const saved = await downloaded(page, "Save texts");
  expect(saved.name).toBe("texts-3.txt");
  const parts = [0.5, 2].map(async (heat) => `# ${heat}\n${(await texts(heat)).join("\n")}\n`);
  expect(saved.bytes.toString()).toBe((await Promise.all(parts)).join("\n"));
  const onnx = await downloaded(page, "Save the ONNX file");
  expect(onnx.bytes.equals(file("generator.onnx"))).toBe(true);
});

test("texts begin with what is asked for", async () => {
  await open();
  await field("begins with").fill("line 7");
  await write();
  await written();
  for (const heat of heats) {
    const found = await texts(heat);
    expect(found.every((text) => text.startsWith("line 7"))).toBe(true);
    expect(found).toEqual(await sampled(heat, 0, 10, "--prefix", "line 7"));
  }
});

test("what cannot be done is said in one sentence; what was written stays", async () => {
  await open();
  const before = await texts(1);
  const refused = async (name: string, value: string, sentence: RegExp) => {
    const box = name === "texts" || name === "seed" ? number(name) : field(name);
    const own = await box.inputValue();
    await box.fill(value);
    await write();
    await expect.poll(problem).toMatch(sentence);
    expect(await texts(1)).toEqual(before);
    await box.fill(own);
  };
  await refused("begins with", "§ 1", /^the prefix "§ 1" has what the run's texts never had\.$/);
  const long = "line ".repeat(6);
  await refused(
    "begins with",
    long,
    /^a prefix of 30 tokens leaves nothing to write, expected fewer than 30\.$/,
  );
  await refused(
    "temperatures",
    "1, warm",
    /^temperatures must be one to six numbers above 0 .*, received "1, warm"\.$/,
  );
  await refused("temperatures", "0", /^temperatures must be one to six numbers above 0/);
  await write();
  expect(await page.locator("main > .problem").count()).toBe(0);
});

test("the curve of quality and diversity has the points of the last judgement", async () => {
  await open();
  const lines = file("events.jsonl").toString().trim().split("\n");
  const { sweep } = lines.map((line) => JSON.parse(line)).findLast((event) => event.sweep);
  const figures = (sweep as { metrics: Record<string, Record<string, number>> }[]).map(
    ({ metrics }) => [metrics["self-bleu"]?.selfBleu3 as number, metrics.bleu?.bleu3 as number],
  );
  const chart = page.getByRole("img", { name: "BLEU-3: best upper left" });
  const points = await chart
    .locator("circle.fake")
    .evaluateAll((all) => all.map((c) => ["cx", "cy"].map((name) => Number(c.getAttribute(name)))));
  expect(points.length).toBe(3);
  // Pixels by a unit, the same between all points: more is further right, and higher.
  for (const [axis, direction] of [
    [0, 1],
    [1, -1],
  ] as const) {
    const scale = (a: number, b: number) =>
      ((points[a]?.[axis] as number) - (points[b]?.[axis] as number)) /
      ((figures[a]?.[axis] as number) - (figures[b]?.[axis] as number));
    expect(scale(1, 0) / scale(2, 0)).toBeCloseTo(1, 3);
    expect(direction * scale(1, 0)).toBeGreaterThan(0);
  }
  const said = await chart.locator("text").allTextContents();
  expect(said).toEqual(expect.arrayContaining(["0.6", "1", "1.4", "real texts"]));
  expect(await chart.locator("circle.real").count()).toBe(1);
});

test("without a server: the files of a run, together or one after the other", async () => {
  page = await pages.open(`${site.url}/#/text`);
  // Until then a small generator of letters shows what the page does.
  await page.locator("[data-source^='demo: short sentences']").waitFor();
  await written();
  expect((await texts(0.7)).join(" ").match(/\b(the|he|was|it|to|of)\b/g)?.length).toBeGreaterThan(
    3,
  );
  expect(await page.getByRole("combobox", { name: "a run" }).count()).toBe(0);
  await give(page, "Open a file", [asFile("notes.txt", Buffer.from("hello"))]);
  await expect
    .poll(problem)
    .toBe("notes.txt is neither a .onnx file nor tokenizer.json nor events.jsonl.");
  await give(page, "Open a file", [asFile("tokenizer.json", file("tokenizer.json"))]);
  await expect.poll(problem).toMatch(/^tokenizer\.json: open the run's generator\.onnx first/);
  await give(page, "Open a file", [asFile("poems.onnx", file("generator.onnx"))]);
  await page.locator("[data-source='poems.onnx']").waitFor();
  await written();
  for (const heat of heats) expect(await texts(heat)).toEqual(await sampled(heat, 0, 10));
  await page.getByText("npx gansmith eval RUN --temperatures").waitFor();
  await give(page, "Open a file", [asFile("events.jsonl", file("events.jsonl"))]);
  await page.getByRole("img", { name: "BLEU-3: best upper left" }).waitFor();
  expect((await texts(1)).length).toBe(10);
});

test("a damaged file and a generator of images are refused with one sentence", async () => {
  await open();
  const before = await texts(1);
  await give(page, "Open a file", [asFile("half.onnx", file("generator.onnx").subarray(0, 5000))]);
  await expect.poll(problem).toMatch(/^half\.onnx: [^\n]+\.$/);
  const digits = join(root, "src", "studio", "web", "pretrained", "digits.onnx");
  await give(page, "Open a file", [asFile("digits.onnx", readFileSync(digits))]);
  await expect
    .poll(problem)
    .toMatch(
      /^digits\.onnx: the file is no generator of text: expected .*, received inputs z, labels/,
    );
  await write();
  expect(await texts(1)).toEqual(before);
});

test("the whole page is there in Chinese", async () => {
  await open();
  await press("中文");
  expect(await page.locator("h1").textContent()).toBe("文本");
  expect(await page.getByRole("region", { name: "质量与多样性" }).count()).toBe(1);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no serious fault of access, no sideways scrolling: ${colorScheme}, ${width} pixels`, async () => {
      await open({ viewport: { width, height: 900 }, colorScheme });
      await expectOpenToAll(page);
    });
  }
}
