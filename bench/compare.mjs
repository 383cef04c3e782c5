import { interleave, median, pairRatio } from "./interleave.mjs";
import { startOurs } from "./peers.mjs";

const blockMs = 400;
const shownSteps = 3;
/** Steps of that length are warm soon, and steady: fewer of them tell enough. */
const longStepMs = 1000;

/**
 * @typedef {object} Settings
 * @property {number} threads
 * @property {number} rounds
 * @property {number | undefined} steps
 * @property {readonly string[] | undefined} variants of the peer's; without, all
 * @property {boolean} compile
 * @property {boolean} quick
 * @property {(text: string) => void} progress
 */

/**
 * One case against every peer that has it: the peer's variants are tried for a few steps each, and its
 * best one, or two, run in turns with ours.
 * @param {string} name
 * @param {readonly any[]} peers
 * @param {Settings} settings
 */
export async function compareCase(name, peers, settings) {
  const { threads, progress } = settings;
  const rows = [];
  const ours = startOurs();
  try {
    await ours.ask({ cmd: "init", case: name, threads });
    const [first] = (await ours.ask({ cmd: "run", steps: 1 })).ms;
    const more = settings.quick || first > longStepMs ? shownSteps - 1 : 7;
    const warm = await ours.ask({ cmd: "run", steps: more });
    const { losses } = await ours.ask({ cmd: "losses" });
    const ownMs = median(warm.ms);
    progress(`${name}: gansmith ready`);
    const facing = peers.filter((p) => p.cases === undefined || p.cases.includes(name));
    for (const peer of facing) {
      const label = `${peer.name} ${peer.version ?? ""}`.trim();
      if (peer.missing) {
        rows.push({ name, peer: peer.name, note: peer.missing });
        continue;
      }
      try {
        const tried = await screen(name, peer, settings);
        const able = tried.variants.filter((v) => v.ms !== undefined);
        // The second best runs too, if trying the two was too short to tell them apart.
        const best = able.slice(0, 2).filter((v) => v.ms < 1.5 * able[0].ms);
        if (best.length === 0) throw new Error(tried.variants[0]?.error ?? "it has no variant");
        const row = await inTurns(name, peer, ours, best, ownMs, losses, settings);
        rows.push({ name, ...row, peer: label, timed: tried.timed, tried: tried.variants });
      } catch (error) {
        rows.push({ name, peer: label, note: `it cannot run this: ${error.message}` });
      }
    }
    if (!rows.some((row) => row.oursMs !== undefined)) {
      const rest = await ours.ask({ cmd: "run", steps: 3 * (settings.steps ?? 3) });
      const own = [...warm.ms, ...rest.ms];
      const oursLosses = losses.slice(0, shownSteps);
      rows.push({ name, oursMs: median(own), oursMinMs: Math.min(...own), oursLosses });
    }
  } catch (error) {
    rows.push({ name, note: `gansmith cannot run this: ${error.message}` });
  } finally {
    await ours.close();
  }
  return rows;
}

/** Times every variant for a few steps, the fastest first. */
async function screen(name, peer, { threads, variants: wanted, compile, quick, progress }) {
  let worker = peer.start();
  try {
    const { variants, timed } = await worker.ask({ cmd: "init", case: name, threads });
    const results = [];
    for (const variant of variants) {
      if (wanted !== undefined && !wanted.includes(variant)) {
        results.push({ variant, error: "left out by --variants" });
        continue;
      }
      if (variant.startsWith("compile") && !compile) {
        results.push({ variant, error: "left out without --compile" });
        continue;
      }
      progress(`${name}: trying ${peer.name} ${variant}`);
      try {
        if (peer.processPerVariant && results.length > 0) {
          await worker.close();
          worker = peer.start();
          await worker.ask({ cmd: "init", case: name, threads, variant });
        }
        const first = (await worker.ask({ cmd: "run", steps: 1, variant })).ms[0];
        // What is far behind even so needs no more of anyone's time.
        const hopeless = results.some((r) => first > 8 * r.ms);
        const { ms } = hopeless
          ? { ms: [first] }
          : await worker.ask({ cmd: "run", steps: quick || first > longStepMs ? 2 : 5, variant });
        results.push({ variant, ms: median(ms) });
      } catch (error) {
        results.push({ variant, error: error.message });
      }
    }
    results.sort((a, b) => (a.ms ?? Number.POSITIVE_INFINITY) - (b.ms ?? Number.POSITIVE_INFINITY));
    return { timed, variants: results };
  } finally {
    await worker.close();
  }
}

/** The interleaved measurement; a fresh process for each of the peer's variants. */
async function inTurns(name, peer, ours, best, ownMs, oursLosses, settings) {
  const { threads, rounds, progress, quick } = settings;
  const slowest = Math.max(ownMs, ...best.map((b) => b.ms));
  const steps = settings.steps ?? Math.min(20, Math.max(1, Math.round(blockMs / slowest)));
  const sides = best.map(({ variant }) => ({ worker: peer.start(), variant }));
  try {
    const peerLosses = [];
    for (const { worker, variant } of sides) {
      await worker.ask({ cmd: "init", case: name, threads, variant });
      const warm = quick || slowest > longStepMs ? shownSteps : 5;
      await worker.ask({ cmd: "run", steps: warm });
      peerLosses.push((await worker.ask({ cmd: "losses" })).losses.slice(0, shownSteps));
    }
    const [own, ...others] = await interleave([{ worker: ours }, ...sides], {
      rounds,
      steps,
      onRound: (round) => progress(`${name}: ${peer.name}, turn ${round} of ${rounds}`),
    });
    const at = others[1] && others[1].medianMs < others[0].medianMs ? 1 : 0;
    const other = others[at];
    const shown = oursLosses.slice(0, shownSteps);
    return {
      oursMs: own.medianMs,
      oursMinMs: own.minMs,
      variant: best[at].variant,
      peerMs: other.medianMs,
      peerMinMs: other.minMs,
      ratio: other.medianMs / own.medianMs,
      pairRatio: pairRatio(other, own),
      rounds,
      stepsPerTurn: steps,
      oursLosses: shown,
      peerLosses: peerLosses[at],
      lossDifference: largestDifference(shown, peerLosses[at]),
      oursCpuMs: own.cpuMs,
      peerCpuMs: other.cpuMs,
      oursIdleCores: own.idleCores,
      peerIdleCores: other.idleCores,
    };
  } finally {
    for (const { worker } of sides) await worker.close();
  }
}

/** The largest relative difference of the first steps' losses: the proof of the same work. */
function largestDifference(ours, theirs) {
  const a = ours.flat();
  const b = theirs.flat();
  return Math.max(...a.map((x, i) => Math.abs(x - b[i]) / Math.max(Math.abs(b[i]), 1e-12)));
}
