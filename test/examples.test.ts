import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeSafetensors, type NamedTensor } from "../src/onnx/safetensors.ts";
import { gansmith } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const examples = resolve(import.meta.dirname, "../examples");

async function example(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(examples, name), ...args], {
    cwd,
  });
  return stdout;
}

test("train-from-code", async () => {
  const said = await example("train-from-code.mjs", "30", "run");
  expect(said).toMatch(/^step 30 {2}D \d/m);
  expect(await sharp(join(cwd, "run", "grid.png")).metadata()).toMatchObject({ format: "png" });
});

test("draw-with-onnxruntime", async () => {
  await example("draw-with-onnxruntime.mjs", join(cwd, "run", "digits.onnx"), "picture.png");
  const { width, height } = await sharp(join(cwd, "picture.png")).metadata();
  expect([width, height]).toEqual([16 * 32, 32]);
});

test("own-model-and-loss", async () => {
  const said = await example("own-model-and-loss.mjs", "30", "own");
  expect(said).toContain("own: 30 steps; four samples are 1024 numbers");
});

interface Manifest {
  readonly phases: readonly {
    readonly name: string;
    readonly file: string;
    readonly network: string;
    readonly inputs: readonly { readonly name: string; readonly role: string }[];
    readonly outputs: readonly {
      readonly name: string;
      readonly role: string;
      readonly for?: string;
    }[];
    readonly optimizer: {
      readonly lr: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly eps: number;
    };
  }[];
  readonly check: { readonly steps: number; readonly learningRateScale: number };
}

// examples/train_exported_step.py does the same in Python.
test("an exported training step trains with ONNX Runtime and an optimizer of one's own", async () => {
  const args = ["export", "run", "--format", "training-step", "--out", "step"];
  expect((await gansmith(cwd, args)).code).toBe(0);
  const read = (name: string) => readFileSync(join(cwd, "step", name));
  const manifest = JSON.parse(read("manifest.json").toString()) as Manifest;
  const check = decodeSafetensors(read("check.safetensors")).tensors;
  const state = new Map<string, ort.Tensor>();
  const arrayOf = (source: typeof check, name: string) => {
    const { dtype, data, shape } = source.get(name) as NamedTensor;
    return { dtype, data: data as Float32Array, shape };
  };
  const tensorOf = (source: typeof check, name: string): ort.Tensor => {
    const { dtype, data, shape } = arrayOf(source, name);
    return new ort.Tensor(dtype === "I32" ? "int32" : "float32", data, shape);
  };
  const initial = decodeSafetensors(read("state.safetensors")).tensors;
  for (const name of initial.keys()) state.set(name, tensorOf(initial, name));
  const moments = new Map<string, { m: Float64Array; v: Float64Array; t: number }>();
  const sessions = new Map<string, ort.InferenceSession>();
  for (const { file } of manifest.phases) {
    sessions.set(file, await ort.InferenceSession.create(read(file)));
  }
  let worst = 0;
  for (let step = 0; step < manifest.check.steps; step++) {
    for (const { name, file, inputs, outputs, optimizer } of manifest.phases) {
      const feeds: Record<string, ort.Tensor> = {};
      for (const { name: input, role } of inputs) {
        const fed = role === "data" || role === "noise";
        feeds[input] = fed
          ? tensorOf(check, `${step}/${name}/${input}`)
          : (state.get(input) as ort.Tensor);
      }
      const results = await (sessions.get(file) as ort.InferenceSession).run(feeds);
      for (const { name: output, role, for: target = output } of outputs) {
        const value = results[output] as ort.Tensor;
        if (role === "loss") {
          const wanted = arrayOf(check, `losses/${name}`).data[step] as number;
          const loss = (value.data as Float32Array)[0] as number;
          worst = Math.max(worst, Math.abs(loss - wanted) / Math.abs(wanted));
        }
        if (role === "state" || role === "carry") state.set(target, value);
        if (role !== "gradient") continue;
        const g = value.data as Float32Array;
        const own = moments.get(target) ?? {
          m: new Float64Array(g.length),
          v: new Float64Array(g.length),
          t: 0,
        };
        moments.set(target, own);
        own.t++;
        const { lr, beta1, beta2, eps } = optimizer;
        const rate = (lr * manifest.check.learningRateScale) / (1 - beta1 ** own.t);
        const root = Math.sqrt(1 - beta2 ** own.t);
        const weights = (state.get(target) as ort.Tensor).data as Float32Array;
        g.forEach((slope, i) => {
          const m = beta1 * (own.m[i] as number) + (1 - beta1) * slope;
          const v = beta2 * (own.v[i] as number) + (1 - beta2) * slope * slope;
          own.m[i] = m;
          own.v[i] = v;
          weights[i] = (weights[i] as number) - (rate * m) / (Math.sqrt(v) / root + eps);
        });
      }
    }
  }
  expect(worst).toBeLessThan(1e-4);
  expect(worst).toBeGreaterThan(0);
});
