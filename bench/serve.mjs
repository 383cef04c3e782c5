// The worker's end of a comparison, for every JavaScript side; the protocol is peers/torch_worker.py's.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * What a worker can do.
 * @typedef {object} Side
 * @property {string} version
 * @property {(name: string) => readonly string[]} variants of a case; empty if it does not have it
 * @property {(name: string, variant: string, threads: number) => Promise<Running>} build
 *
 * @typedef {object} Running
 * @property {(index: number) => Promise<number[]>} step
 * @property {() => Promise<void>} release
 */

/** Peak resident memory so far, in bytes. */
function peakRssBytes() {
  try {
    const line = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return Number(line[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

/**
 * Answers requests from stdin until `quit`; `load` imports what the side needs, so that the memory
 * before it is the bare runtime's.
 * @param {() => Promise<Side>} load
 */
export async function serve(load) {
  const baseRssBytes = peakRssBytes();
  // Anything a library prints must not land between the JSON lines.
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = /** @type {typeof process.stdout.write} */ (
    process.stderr.write.bind(process.stderr)
  );
  /** @type {Side | undefined} */
  let side;
  let threads = 2;
  let chosen = { name: "", variant: "" };
  /** @type {Map<string, Running & { losses: number[][] }>} */
  const running = new Map();

  const current = async (variant = chosen.variant) => {
    const known = running.get(variant);
    if (known) return known;
    if (!side?.variants(chosen.name).includes(variant)) {
      throw new Error(`case "${chosen.name}" has no variant "${variant}" here`);
    }
    const made = { ...(await side.build(chosen.name, variant, threads)), losses: [] };
    running.set(variant, made);
    return made;
  };

  const answer = async (request) => {
    switch (request.cmd) {
      case "init": {
        side ??= await load();
        threads = request.threads ?? 2;
        for (const { release } of running.values()) await release();
        running.clear();
        const variants = side.variants(request.case);
        if (variants.length === 0) throw new Error(`no case "${request.case}" here`);
        chosen = { name: request.case, variant: request.variant ?? variants[0] };
        return { variants, version: side.version };
      }
      case "run": {
        const work = await current(request.variant);
        const ms = [];
        for (let i = 0; i < request.steps; i++) {
          const start = performance.now();
          const losses = await work.step(work.losses.length);
          ms.push(performance.now() - start);
          work.losses.push(losses);
        }
        return { ms };
      }
      case "losses":
        return { losses: running.get(request.variant ?? chosen.variant)?.losses ?? [] };
      case "memory":
        return { peakRssBytes: peakRssBytes(), baseRssBytes };
      case "quit":
        return {};
      default:
        throw new Error(`unknown cmd "${request.cmd}"`);
    }
  };

  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") continue;
    const request = JSON.parse(line);
    let reply;
    try {
      reply = { ok: true, ...(await answer(request)) };
    } catch (error) {
      reply = { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
    write(`${JSON.stringify(reply)}\n`);
    if (request.cmd === "quit") break;
  }
  process.exit(0);
}
