// Who is compared with, and how each is found on this machine. A peer is never a dependency.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { WorkerProcess } from "./worker-process.mjs";

const here = import.meta.dirname;

/**
 * @typedef {object} PeerOptions
 * @property {string | undefined} python
 * @property {string | undefined} peersDir
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {readonly string[] | undefined} cases the cases it has; all if undefined
 * @property {boolean} processPerVariant it can load only one of its variants
 * @property {(options: PeerOptions) => { version: string, start: () => WorkerProcess } | { missing: string }} find
 */

/** @param {string} name @param {readonly string[]} packages @returns {Peer} */
function javaScriptPeer(name, packages) {
  return {
    name,
    cases: ["article-step"],
    processPerVariant: true,
    find: ({ peersDir }) => {
      const from = peersDir ?? join(here, "..");
      const install = `npm install --no-save ${packages.join(" ")}`;
      const where = peersDir ? `in ${peersDir}` : "here, or in another folder named by --peers-dir";
      const resolver = createRequire(join(from, "package.json"));
      try {
        for (const spec of packages) resolver.resolve(spec.slice(0, spec.lastIndexOf("@")));
      } catch {
        return { missing: `not installed; \`${install}\` ${where}` };
      }
      const version = /** @type {string} */ (packages[0]).split("@").at(-1) ?? "";
      const worker = join(here, "peers", `${name}-worker.mjs`);
      return { version, start: () => new WorkerProcess(process.execPath, [worker, from]) };
    },
  };
}

/** @type {Peer} */
const torch = {
  name: "torch",
  cases: undefined,
  processPerVariant: false,
  find: ({ python }) => {
    const local = join(here, "..", ".venv", "bin", "python");
    const candidates = python ? [python] : [local, "python3", "python"];
    for (const command of candidates) {
      if (command.includes("/") && !existsSync(command)) continue;
      const probe = spawnSync(
        command,
        ["-c", "import torch, numpy, safetensors; print(torch.__version__)"],
        { encoding: "utf8" },
      );
      if (probe.status !== 0) continue;
      const start = () => new WorkerProcess(command, [join(here, "peers", "torch_worker.py")]);
      return { version: probe.stdout.trim(), start };
    }
    return {
      missing:
        `no Python with torch, numpy and safetensors (tried ${candidates.join(", ")}); ` +
        "`python3 -m venv .venv && .venv/bin/pip install -r bench/peers/requirements.txt`, " +
        "or name one by --python",
    };
  },
};

/** @type {readonly Peer[]} */
export const peers = [
  torch,
  javaScriptPeer("tfjs", ["@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0"]),
  javaScriptPeer("jax-js", ["@jax-js/jax@0.1.25"]),
];

/** gansmith's own side. */
export function startOurs() {
  return new WorkerProcess(process.execPath, [join(here, "ours.mjs")]);
}
