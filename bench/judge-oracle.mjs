// Asks PyTorch what an oracle thinks of its own samples, and compares. Needs python with torch and
// safetensors (bench/peers/requirements.txt):
//   npm run build && node bench/judge-oracle.mjs [--python PATH] [--fixture]
// With --fixture, writes what PyTorch said to test/fixtures/oracle.json.
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeSafetensors } from "../dist/onnx/safetensors.js";
import { drawOracle, oracleArrays, oracleNetwork } from "../dist/reproduce/oracle/oracle.js";
import { cpuBackend } from "../dist/runtime/index.js";
import { SequenceJudge } from "../dist/train/sequence/sequence-judge.js";
import { SequenceSampler } from "../dist/train/sequence/sequence-sampler.js";
import { Random } from "../dist/util/random.js";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    fixture: { type: "boolean", default: false },
  },
});
const [length, count, seed] = [20, 100, 1];
const backend = cpuBackend();
const network = oracleNetwork(length);
const tensors = drawOracle(seed);
const arrays = oracleArrays(tensors);
const sampler = await SequenceSampler.create(network, backend);
sampler.setWeights(arrays);
const flat = await sampler.draw(count, new Random(seed, "judged"));
const sequences = Array.from({ length: count }, (_, i) => [
  ...flat.subarray(i * length, (i + 1) * length),
]);
const folder = mkdtempSync(join(tmpdir(), "oracle-"));
const files = [join(folder, "oracle.safetensors"), join(folder, "tokens.json")];
writeFileSync(files[0], encodeSafetensors(tensors));
writeFileSync(files[1], JSON.stringify(sequences));
const script = join(import.meta.dirname, "peers/oracle_nll.py");
const theirs = JSON.parse(execFileSync(values.python, [script, ...files], { encoding: "utf8" }));
const judge = await SequenceJudge.create(network, backend);
judge.setWeights(arrays);
let worst = 0;
for (const [i, sequence] of sequences.entries()) {
  worst = Math.max(worst, Math.abs((await judge.nll(Int32Array.from(sequence))) - theirs[i]));
}
const mean = theirs.reduce((a, b) => a + b, 0) / count;
console.log(
  `PyTorch: mean NLL ${mean.toFixed(6)} of ${count} own samples; largest difference ${worst.toExponential(1)}`,
);
if (values.fixture) {
  const kept = sequences.slice(0, 50);
  const file = join(import.meta.dirname, "../test/fixtures/oracle.json");
  writeFileSync(file, `${JSON.stringify({ seed, sequences: kept, nll: theirs.slice(0, 50) })}\n`);
}
process.exit(worst < 1e-4 ? 0 : 1);
