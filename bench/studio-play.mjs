// Steps a second of the playground's default game in Chromium: ours against TensorFlow.js and jax-js, all in one
// page, in turns.
//
//   npm install --no-save @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 @jax-js/jax@0.1.25
//   node bench/studio-play.mjs [--peers-dir FOLDER] [--rounds 7] [--steps 300]
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { median } from "./interleave.mjs";
import { describeMachine } from "./machine.mjs";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    "peers-dir": { type: "string", default: root },
    rounds: { type: "string", default: "7" },
    steps: { type: "string", default: "300" },
  },
});
const peers = join(values["peers-dir"], "node_modules");
/** Longest turn of a side, about. */
const turnMs = 2000;
const versionOf = (name) =>
  JSON.parse(readFileSync(join(peers, name, "package.json"), "utf8")).version;

const folder = mkdtempSync(join(tmpdir(), "gansmith-bench-"));
const own = {
  configFile: false,
  root: join(import.meta.dirname, "page"),
  logLevel: "error",
  resolve: {
    alias: ["@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs", "@jax-js/jax"].map((name) => ({
      find: name,
      replacement: join(peers, name),
    })),
  },
  // A peer makes workers of the text of its functions, which a minifier breaks.
  build: { outDir: folder, emptyOutDir: true, target: "es2023", minify: false },
};
const isolated = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
let server;
let browser;
try {
  await build(own);
  cpSync(join(root, "node_modules", "onnxruntime-web", "dist"), join(folder, "ort"), {
    recursive: true,
  });
  const tfjsWasm = join(peers, "@tensorflow", "tfjs-backend-wasm", "dist");
  for (const name of readdirSync(tfjsWasm).filter((file) => file.endsWith(".wasm"))) {
    cpSync(join(tfjsWasm, name), join(folder, "tfjs-wasm", name));
  }
  server = await preview({ ...own, preview: { port: 0, host: "127.0.0.1", headers: isolated } });
  browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--enable-unsafe-swiftshader"],
  });
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(`in the page: ${error.message}`));
  await page.goto(server.resolvedUrls.local[0]);
  await page.waitForFunction("globalThis.bench");

  const sides = [];
  for (const name of await page.evaluate("bench.names")) {
    try {
      await page.evaluate((side) => globalThis.bench.open(side), name);
      await page.evaluate((side) => globalThis.bench.run(side, 3), name);
      const { ms } = await page.evaluate((side) => globalThis.bench.run(side, 3), name);
      // A slow side plays fewer steps a turn: turns that take minutes are not under the same load.
      const steps = Math.max(3, Math.min(Number(values.steps), Math.floor(turnMs / ms)));
      sides.push({ name, steps, ms: [], loss: Number.NaN });
      console.error(`${name}: ${steps} steps a turn`);
    } catch (error) {
      console.error(`${name}: left out, ${error.message.split("\n")[0]}`);
    }
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (let k = 0; k < sides.length; k++) {
      const side = sides[(k + round) % sides.length];
      const run = await page.evaluate(
        ([name, steps]) => globalThis.bench.run(name, steps),
        [side.name, side.steps],
      );
      side.ms.push(run.ms);
      side.loss = run.loss;
    }
  }
  const [ours, ...others] = sides;
  console.log(
    `tfjs ${versionOf("@tensorflow/tfjs")}, jax-js ${versionOf("@jax-js/jax")}, ${browser.version()}`,
  );
  for (const { name, ms, loss } of sides) {
    const per = (1000 / median(ms)).toFixed(0).padStart(6);
    const ratio = median(ms.map((x, i) => x / ours.ms[i])).toFixed(2);
    console.log(
      `${name.padEnd(16)} ${per} steps/s   ${ratio}x our time   D's loss at the last of its steps ${loss.toFixed(3)}`,
    );
  }
  const best = Math.min(...others.map(({ ms }) => median(ms.map((x, i) => x / ours.ms[i]))));
  console.log(`the best of them takes ${best.toFixed(2)}x our time`);
  console.log(JSON.stringify(describeMachine({ threads: 1, torch: undefined })));
} finally {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}
