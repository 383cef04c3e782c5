/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? /** @type {number} */ (sorted[middle])
    : /** @type {number} */ (sorted[middle - 1] + /** @type {number} */ (sorted[middle])) / 2;
}

/**
 * What one side took.
 * @typedef {object} Timing
 * @property {number} medianMs
 * @property {number} minMs
 * @property {number[]} blocks the median of each block
 * @property {number | undefined} cpuMs processor time of a step, all its threads together
 * @property {number | undefined} idleCores processor it used while it had to wait, in cores
 */

/**
 * Times sides in turns of a few steps, A B A B ..., so that whatever else the machine does hits them
 * alike. Every side must have run at least one step.
 * @param {readonly { worker: import("./worker-process.mjs").WorkerProcess, variant?: string }[]} sides
 * @param {{ rounds: number, steps: number, onRound?: (round: number) => void }} options
 * @returns {Promise<Timing[]>}
 */
export async function interleave(sides, { rounds, steps, onRound }) {
  const records = sides.map(() => ({
    ms: [],
    blocks: [],
    cpu: [],
    idleCpu: 0,
    idleWall: 0,
    known: true,
  }));
  for (let round = 0; round < rounds; round++) {
    // The first place goes round, too.
    for (let k = 0; k < sides.length; k++) {
      const at = (k + round) % sides.length;
      const { worker, variant } = sides[at];
      const before = sides.map((s) => s.worker.cpuMs());
      const start = performance.now();
      const { ms } = await worker.ask({ cmd: "run", steps, variant });
      const wall = performance.now() - start;
      records[at].ms.push(...ms);
      records[at].blocks.push(median(ms));
      const spent = sides[at].worker.cpuMs();
      if (spent !== undefined) records[at].cpu.push((spent - (before[at] ?? 0)) / steps);
      sides.forEach((side, i) => {
        if (side.worker === worker) return;
        const used = side.worker.cpuMs();
        const was = before[i];
        if (used === undefined || was === undefined) records[i].known = false;
        else records[i].idleCpu += used - was;
        records[i].idleWall += wall;
      });
    }
    onRound?.(round + 1);
  }
  return records.map((r) => ({
    medianMs: median(r.ms),
    minMs: Math.min(...r.ms),
    blocks: r.blocks,
    cpuMs: r.cpu.length > 0 ? median(r.cpu) : undefined,
    idleCores: r.known && r.idleWall > 0 ? r.idleCpu / r.idleWall : undefined,
  }));
}

/**
 * Ratio of the sides' times from pairs of neighbouring blocks, which drift of the machine hardly moves.
 * @param {Timing} other @param {Timing} own
 */
export function pairRatio(other, own) {
  return median(other.blocks.map((ms, i) => ms / /** @type {number} */ (own.blocks[i])));
}
