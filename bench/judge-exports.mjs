// Exports a run and lets the tools of others judge it: onnx.checker and Python's onnxruntime on the
// generator (batch sizes 1 and 17), safetensors on the weights, TensorBoard on the event file, and
// examples/train_exported_step.py on the training step.
//
//   node bench/judge-exports.mjs RUN [--python .venv/bin/python]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Run } from "../dist/index.js";
import { encodeSafetensors } from "../dist/onnx/safetensors.js";
import { cpuBackend } from "../dist/runtime/index.js";
import { Sampler } from "../dist/train/loop/sampler.js";
import { Random } from "../dist/util/random.js";
import { judgeFlags } from "./judge-flags.mjs";

const here = import.meta.dirname;
const { path, python } = judgeFlags("judge-exports.mjs", "runs/00001-mnist-quick");

const folder = mkdtempSync(join(tmpdir(), "gansmith-judge-"));
const at = (name) => join(folder, name);
let failed = 0;
try {
  const run = new Run(path);
  await run.export(at("generator.onnx"));
  await run.export(at("weights.safetensors"));
  await run.export(at("training-step"), "training-step");
  writeFileSync(at("expected.safetensors"), encodeSafetensors(await expectedImages(run)));
  judge("onnx.checker and onnxruntime", "judge_files.py", [
    "--onnx",
    at("generator.onnx"),
    "--expected",
    at("expected.safetensors"),
  ]);
  judge("safetensors", "judge_files.py", ["--safetensors", at("weights.safetensors")]);
  judge("TensorBoard", "judge_files.py", ["--tensorboard", path]);
  judge("training step", "../../examples/train_exported_step.py", [at("training-step")]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** What gansmith's own engine draws, by `BATCH/NAME`. */
async function expectedImages(run) {
  const { model, weights } = run.generator();
  const backend = cpuBackend();
  const sampler = await Sampler.create(model, backend);
  sampler.setWeights(weights);
  const tensors = new Map();
  for (const n of [1, 17]) {
    const z = new Float32Array(n * model.latent);
    new Random(n, "judged").fillNormal(z);
    const labels = Int32Array.from({ length: n }, (_, i) => i % Math.max(model.classes, 1));
    const { channels, size } = model.image;
    tensors.set(`${n}/z`, { dtype: "F32", shape: [n, model.latent], data: z });
    if (model.classes > 0) tensors.set(`${n}/labels`, { dtype: "I32", shape: [n], data: labels });
    const data = await sampler.run(z, labels);
    tensors.set(`${n}/images`, { dtype: "F32", shape: [n, channels, size, size], data });
  }
  await sampler.release();
  return tensors;
}

function judge(what, script, args) {
  const { status, stdout, stderr } = spawnSync(python, [join(here, "peers", script), ...args], {
    encoding: "utf8",
  });
  const said = (stdout || stderr || "the program did not start").trim().split("\n").at(-1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${what}: ${said.slice(0, 600)}`);
  if (status !== 0) failed++;
}
