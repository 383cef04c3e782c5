// Times gansmith against other libraries on the same work, in turns; see --help.
import { parseArgs } from "node:util";
import { caseNames } from "./cases.mjs";
import { compareCase } from "./compare.mjs";
import { timeFirstSteps } from "./first-step.mjs";
import { describeMachine } from "./machine.mjs";
import { compareMemory } from "./memory.mjs";
import { peers as allPeers } from "./peers.mjs";
import { formatRows } from "./table.mjs";

const help = `node bench/run.mjs [flags]

  --cases a,b      of ${caseNames.join(", ")} (default: all)
  --peers a,b      of ${allPeers.map((p) => p.name).join(", ")} (default: all that are installed)
  --variants a,b   of a peer's own, as the table names them (default: all; the fastest one counts)
  --python PATH    the Python that has PyTorch (default: .venv/bin/python, then python3)
  --peers-dir DIR  where the JavaScript peers are installed (default: this repository)
  --threads N      of each side (default 2)
  --rounds N       turns of every side (default 12)
  --steps K        steps a turn (default: about 0.4 s)
  --compile        also torch.compile, which takes minutes to warm up
  --quick          3 short turns: shows that everything runs, measures little
  --memory         only (or besides --cases) peak memory of DCGAN-64, each side alone
  --first-step     only (or besides --cases) time from the command to the first training step
  --json           one JSON object a line; the last is the result
`;

let flags;
try {
  flags = parseArgs({
    options: {
      cases: { type: "string" },
      peers: { type: "string" },
      variants: { type: "string" },
      python: { type: "string" },
      "peers-dir": { type: "string" },
      threads: { type: "string", default: "2" },
      rounds: { type: "string" },
      steps: { type: "string" },
      compile: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      memory: { type: "boolean", default: false },
      "first-step": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  }).values;
} catch (error) {
  fail(error.message);
}
if (flags.help) {
  process.stdout.write(help);
  process.exit(0);
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`bench: ${message} See gansmith bench --help.\n`);
  process.exit(2);
}

/** @param {string} flag @param {string | undefined} text */
function wholeNumber(flag, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    fail(`--${flag} must be a whole number >= 1, received "${text}".`);
  }
  return value;
}

/** @param {string} flag @param {string | undefined} text @param {readonly string[]} known */
function names(flag, text, known) {
  const list = text?.split(",").map((name) => name.trim());
  const unknown = list?.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`--${flag}: unknown "${unknown}". Known: ${known.join(", ")}.`);
  return list;
}

const progress = (text) => process.stderr.write(`${text}\n`);
const emit = (object) => flags.json && process.stdout.write(`${JSON.stringify(object)}\n`);

const threads = wholeNumber("threads", flags.threads);
// Without a choice, everything.
const everything = flags.cases === undefined && !flags.memory && !flags["first-step"];
const chosen = names("cases", flags.cases, caseNames) ?? (everything ? caseNames : []);
const wanted = names(
  "peers",
  flags.peers,
  allPeers.map((p) => p.name),
);
const settings = {
  threads,
  rounds: wholeNumber("rounds", flags.rounds) ?? (flags.quick ? 3 : 12),
  steps: wholeNumber("steps", flags.steps) ?? (flags.quick ? 1 : undefined),
  variants: flags.variants?.split(",").map((name) => name.trim()),
  compile: flags.compile,
  quick: flags.quick,
  progress,
};

const found = allPeers
  .filter((peer) => wanted === undefined || wanted.includes(peer.name))
  .map((peer) => ({
    ...peer,
    ...peer.find({ python: flags.python, peersDir: flags["peers-dir"] }),
  }));
for (const peer of found) {
  progress(`${peer.name}: ${peer.missing ?? peer.version}`);
}
const torch = found.find((peer) => peer.name === "torch");
const machine = describeMachine({ threads, torch: torch?.version });

const rows = [];
const add = (row) => {
  rows.push(row);
  emit({ type: "row", ...row });
};
for (const name of chosen) {
  for (const row of await compareCase(name, found, settings)) add(row);
}
if (flags.memory || everything) for (const row of await compareMemory(torch, settings)) add(row);
if (flags["first-step"] || everything) for (const row of await timeFirstSteps(settings)) add(row);
if (flags.json) emit({ type: "result", rows, machine });
else process.stdout.write(formatRows(rows, machine));
