import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkTextConfig } from "../src/recipes/text/index.ts";
import { timeMajor } from "../src/train/sequence/sequence-judge.ts";
import { exportText } from "../src/train/text/text-onnx.ts";
import { trainText } from "../src/train/text/train-text.ts";
import { Random } from "../src/util/random.ts";
import { launchChromium } from "./support/chromium.ts";
import { temporaryFolder } from "./support/picture-files.ts";
import { serveFolders } from "./support/static-server.ts";

/** The page's own. */
declare const ort: typeof import("onnxruntime-web");

const folder = temporaryFolder();
let browser: Awaited<ReturnType<typeof launchChromium>>;
let server: Awaited<ReturnType<typeof serveFolders>>;

beforeAll(async () => {
  const script = 'import * as ort from "/ort/ort.wasm.min.mjs"; globalThis.ort = ort;';
  const page = `<!doctype html><link rel="icon" href="data:," /><script type="module">${script}</script>`;
  writeFileSync(join(folder, "index.html"), page);
  const dist = join(import.meta.dirname, "../node_modules/onnxruntime-web/dist");
  server = await serveFolders({ "/": folder, "/ort/": dist });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test("an exported generator of text writes the same tokens in Chromium as in Node.js", async () => {
  const texts = Array.from({ length: 300 }, (_, i) => `${i % 7} and ${i % 11} make ${i}`);
  writeFileSync(join(folder, "sums.txt"), texts.join("\n"));
  const config = checkTextConfig({
    ...{ kind: "text", recipe: "text", length: 6, seed: 1, threads: 1 },
    data: { name: "file", path: join(folder, "sums.txt") },
    tokenizer: { kind: "word", minimumCount: 1 },
    generator: { embedding: 8, hidden: 16 },
    stages: [{ method: { name: "likelihood", batch: 32 }, iterations: 3 }],
  });
  const { run } = await trainText(config, { out: join(folder, "run") });
  const model = join(folder, "run.onnx");
  const { length } = exportText(run, model);
  copyFileSync(model, join(folder, "generator.onnx"));
  const n = 64;
  const uniform = new Float32Array(length * n);
  new Random(3, "samples").fillUniform(uniform);
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(server.url);
  await page.waitForFunction("globalThis.ort");
  const tokens = await page.evaluate(
    async ({ values, dims }) => {
      ort.env.wasm.wasmPaths = "/ort/";
      const session = await ort.InferenceSession.create("/generator.onnx");
      const zeros = values.length;
      const found = await session.run({
        uniform: new ort.Tensor("float32", Float32Array.from(values), dims),
        temperature: new ort.Tensor("float32", [1], []),
        prefix: new ort.Tensor("int32", new Int32Array(zeros), dims),
        prefixed: new ort.Tensor("float32", new Float32Array(zeros), dims),
      });
      return Array.from(found.tokens?.data as Int32Array);
    },
    { values: [...uniform], dims: [length, n] },
  );
  expect(Int32Array.from(tokens)).toEqual(timeMajor(await run.draw(n, { seed: 3 }), length, n));
  expect(problems).toEqual([]);
}, 60_000);
