// Where the time of one case's step goes: ONNX Runtime's own profile, by operator and by shape.
//
//   node bench/profile.mjs CASE [--steps 20] [--threads 2] [--top 15] [--keep DIR]
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { InferenceSession } from "onnxruntime-node";
import { cpuBackend } from "../dist/runtime/index.js";
import { caseNames, cases } from "./cases.mjs";
import { elementsOf } from "./hashing.mjs";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: "20" },
    threads: { type: "string", default: "2" },
    top: { type: "string", default: "15" },
    keep: { type: "string" },
  },
});
const [name] = positionals;
const build = cases[name];
if (!build) {
  console.error(`bench/profile.mjs needs a case: ${caseNames.join(", ")}`);
  process.exit(2);
}
const [steps, threads, top] = [flags.steps, flags.threads, flags.top].map(Number);
const warmUp = 3;
const folder = flags.keep ?? mkdtempSync(join(tmpdir(), "gansmith-profile-"));

// Sessions are made as in training, with profiling switched on: so the engine is left as it is.
const sessions = new Map();
let made = 0;
const create = InferenceSession.create.bind(InferenceSession);
InferenceSession.create = async (model, options) => {
  const prefix = `${String(made++).padStart(2, "0")}-`;
  const profileFilePrefix = join(folder, prefix);
  const session = await create(model, { ...options, enableProfiling: true, profileFilePrefix });
  sessions.set(prefix, session);
  // What the backend makes only to try something out is not part of the work.
  const release = session.release.bind(session);
  session.release = () => {
    sessions.delete(prefix);
    return release();
  };
  return session;
};

const work = await build(cpuBackend({ threads }));
for (let i = 0; i < warmUp; i++) await work.step(i);
const start = performance.now();
for (let i = 0; i < steps; i++) await work.step(warmUp + i);
const perStep = (performance.now() - start) / steps;
for (const session of sessions.values()) session.endProfiling();

let inSessions = 0;
const files = readdirSync(folder);
[...sessions.keys()].forEach((prefix, i) => {
  const file = files.find((name) => name.startsWith(prefix));
  inSessions += report(work.sessions[i], JSON.parse(readFileSync(join(folder, file), "utf8")));
});
console.log(
  `\n${name}: ${perStep.toFixed(2)} ms a step with profiling on, of which ${inSessions.toFixed(2)} ms ` +
    `in sessions and ${(perStep - inSessions).toFixed(2)} ms outside (updates, feeds), ${threads} threads`,
);
await work.release();
if (!flags.keep) rmSync(folder, { recursive: true });

/** Prints one session's profile; gives its ms a step. */
function report(title, events) {
  const runs = events.filter((e) => e.name === "model_run").sort((a, b) => a.ts - b.ts);
  if (runs.length === 0) return 0;
  // What runs several times a step has run as often in each.
  const timed = runs.slice((-steps * runs.length) / (warmUp + steps));
  const from = timed[0].ts;
  const total = timed.reduce((sum, e) => sum + e.dur, 0) / 1000 / steps;
  const nodes = events.filter(
    (e) => e.cat === "Node" && e.name.endsWith("_kernel_time") && e.ts >= from,
  );
  const byOp = group(nodes, (e) => e.args.op_name);
  const byShape = group(
    nodes,
    (e) =>
      `${e.args.op_name} ${shapes(e.args.input_type_shape).map(format).join(" ")} -> ` +
      shapes(e.args.output_type_shape).map(format).join(" "),
  );
  const kernels = byOp.reduce((sum, g) => sum + g.ms, 0);
  console.log(
    `\n== ${title}: ${total.toFixed(2)} ms a step, ${kernels.toFixed(2)} ms in ${nodes.length / steps} kernels`,
  );
  const row = ({ key, ms, calls, gflops }) =>
    `${ms.toFixed(3).padStart(9)} ms ${((100 * ms) / total).toFixed(1).padStart(5)} % ${String(calls).padStart(5)}x ${gflops ? `${(gflops / ms / 1e-3).toFixed(0).padStart(4)} GF/s` : " ".repeat(9)}  ${key}`;
  for (const g of byOp.slice(0, top)) console.log(row(g));
  console.log("  -- by shape");
  for (const g of byShape.slice(0, top)) console.log(row(g));
  return total;
}

/** Sums a step's kernels by key, the longest first. */
function group(nodes, keyOf) {
  const groups = new Map();
  for (const e of nodes) {
    const key = keyOf(e);
    const g = groups.get(key) ?? { key, ms: 0, calls: 0, gflops: 0 };
    g.ms += e.dur / 1000 / steps;
    g.calls += 1 / steps;
    g.gflops += flopsOf(e) / 1e9 / steps;
    groups.set(key, g);
  }
  for (const g of groups.values()) g.calls = Math.round(g.calls * 10) / 10;
  return [...groups.values()].sort((a, b) => b.ms - a.ms);
}

/** [{ "float": [64, 100] }, ...] -> [[64, 100], ...] */
function shapes(list) {
  return (list ?? []).flatMap((entry) => Object.values(entry));
}

function format(shape) {
  return shape.length === 0 ? "[]" : `[${shape.join(",")}]`;
}

/** Multiplications and additions of products and convolutions; 0 for other operators. */
function flopsOf({ args }) {
  const [a, b] = shapes(args.input_type_shape);
  const [out] = shapes(args.output_type_shape);
  if (/MatMul|Gemm/.test(args.op_name)) {
    const repeats = elementsOf(out.slice(0, -2)) / elementsOf(a.slice(0, -2));
    return 2 * elementsOf(a) * out.at(-1) * repeats;
  }
  if (args.op_name === "ConvTranspose") return (2 * elementsOf(a) * elementsOf(b)) / b[0];
  if (/Conv/.test(args.op_name)) return (2 * elementsOf(out) * elementsOf(b)) / b[0];
  return 0;
}
