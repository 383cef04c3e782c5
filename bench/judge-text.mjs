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

const folder = mkdtempSync(join(tmpdir(), "gansmith-judge-"));
try {
  const run = new TextRun(path);
  const model = join(folder, "generator.onnx");
  const { length } = exportText(run, model);
  const n = 100;
  const uniform = new Float32Array(length * n);
  new Random(1, "samples").fillUniform(uniform);
  const tokens = new Float32Array(await run.draw(n, { seed: 1 }));
  const expected = join(folder, "expected.safetensors");
  const tensors = new Map([
    ["uniform", { dtype: "F32", shape: [length, n], data: uniform }],
    ["tokens", { dtype: "F32", shape: [n, length], data: tokens }],
  ]);
  writeFileSync(expected, encodeSafetensors(tensors));
  const judge = join(here, "peers", "text_tokens.py");
  const { status } = spawnSync(python, [judge, model, expected], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
