import { writeFileSync } from "node:fs";
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

const generators = [
  ["lstm", { name: "lstm", embedding: 8, hidden: 16 }, {}],
  [
    "lstm of noise, truncated",
    { embedding: 8, hidden: 16, noise: { size: 3 } },
    { topK: 9, topP: 0.8 },
  ],
  ["transformer", { name: "transformer", width: 16, layers: 2, heads: 2, deviation: 0.2 }, {}],
] as const;

test.each(generators)(
  "an exported generator, %s, writes the same tokens in Chromium as in Node.js",
  async (name, generator, truncation) => {
    const texts = Array.from({ length: 300 }, (_, i) => `${i % 7} and ${i % 11} make ${i}`);
    writeFileSync(join(folder, "sums.txt"), texts.join("\n"));
    const config = checkTextConfig({
      ...{ kind: "text", recipe: "text", length: 6, seed: 1, threads: 1 },
      data: { name: "file", path: join(folder, "sums.txt") },
      tokenizer: { kind: "word", minimumCount: 1 },
      generator,
      stages: [{ method: { name: "likelihood", batch: 32 }, iterations: 3 }],
    });
    const { run } = await trainText(config, { out: join(folder, name) });
    const model = join(folder, "generator.onnx");
    const truncated = "topK" in truncation;
    const { length, noise = 0 } = exportText(run, model, { truncated });
    const n = 64;
    const random = new Random(3, "samples");
    const z = new Float32Array(n * noise);
    random.fillNormal(z);
    const uniform = new Float32Array(length * n);
    random.fillUniform(uniform);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(server.url);
    await page.waitForFunction("globalThis.ort");
    const tokens = await page.evaluate(
      async ({ values, dims, z, truncation }) => {
        ort.env.wasm.wasmPaths = "/ort/";
        const session = await ort.InferenceSession.create("/generator.onnx");
        const zeros = values.length;
        const { topK, topP } = truncation as { topK?: number; topP?: number };
        const found = await session.run({
          ...(z.length > 0 && {
            z: new ort.Tensor("float32", Float32Array.from(z), [
              dims[1] as number,
              z.length / (dims[1] as number),
            ]),
          }),
          ...(topK && { topK: new ort.Tensor("int32", Int32Array.of(topK), []) }),
          ...(topP && { topP: new ort.Tensor("float32", Float32Array.of(topP), []) }),
          uniform: new ort.Tensor("float32", Float32Array.from(values), dims),
          temperature: new ort.Tensor("float32", [1], []),
          prefix: new ort.Tensor("int32", new Int32Array(zeros), dims),
          prefixed: new ort.Tensor("float32", new Float32Array(zeros), dims),
        });
        return Array.from(found.tokens?.data as Int32Array);
      },
      { values: [...uniform], dims: [length, n], z: [...z], truncation },
    );
    const own = timeMajor(await run.draw(n, { seed: 3, ...truncation }), length, n);
    expect(new Set(own).size).toBeGreaterThan(5);
    expect(Int32Array.from(tokens)).toEqual(own);
    expect(problems).toEqual([]);
  },
  60_000,
);
