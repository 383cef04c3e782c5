// Exports a run of text and asks Python's onnxruntime for its tokens: they must be the run's own.
//
//   node bench/judge-text.mjs RUN [--python .venv/bin/python]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors } from "../dist/onnx/safetensors.js";
import { exportText } from "../dist/train/text/text-onnx.js";
import { TextRun } from "../dist/train/text/text-run.js";
import { Random } from "../dist/util/random.js";
import { judgeFlags } from "./judge-flags.mjs";

const here = import.meta.dirname;
const { path, python } = judgeFlags("judge-text.mjs", "runs/00001-text");

/** As samplers are asked, by what is printed before the verdict. */
const wishes = new Map([
  ["plain", undefined],
  ["top-k 40, top-p 0.9", { topK: 40, topP: 0.9 }],
]);

const folder = mkdtempSync(join(tmpdir(), "gansmith-judge-"));
try {
  const run = new TextRun(path);
  for (const [title, truncation] of wishes) {
    const model = join(folder, "generator.onnx");
    const { length, noise } = exportText(run, model, { truncated: truncation !== undefined });
    const n = 100;
    // As the sampler of the run draws them.
    const random = new Random(1, "samples");
    const z = new Float32Array(n * (noise ?? 0));
    random.fillNormal(z);
    const uniform = new Float32Array(length * n);
    random.fillUniform(uniform);
    const tokens = new Float32Array(await run.draw(n, { seed: 1, ...truncation }));
    const tensors = new Map([
      ["uniform", { dtype: "F32", shape: [length, n], data: uniform }],
      ["tokens", { dtype: "F32", shape: [n, length], data: tokens }],
    ]);
    if (noise !== undefined) tensors.set("z", { dtype: "F32", shape: [n, noise], data: z });
    for (const [name, value] of Object.entries(truncation ?? {})) {
      tensors.set(name, { dtype: "F32", shape: [], data: Float32Array.of(value) });
    }
    const expected = join(folder, "expected.safetensors");
    writeFileSync(expected, encodeSafetensors(tensors));
    const judge = join(here, "peers", "text_tokens.py");
    console.log(`${title}:`);
    const { status } = spawnSync(python, [judge, model, expected], { stdio: "inherit" });
    if (status !== 0) process.exitCode = status ?? 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
