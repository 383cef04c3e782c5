import { startOurs } from "./peers.mjs";

const name = "dcgan64-step";
const steps = 10;

/**
 * Peak resident memory of DCGAN-64's training, each side alone in a fresh process; every variant of
 * PyTorch's, of which the smallest counts.
 * @param {any} torch the peer as found, if it was asked for
 * @param {import("./compare.mjs").Settings} settings
 */
export async function compareMemory(torch, { threads, compile, progress, quick }) {
  const count = quick ? 3 : steps;
  const measure = async (worker, variant) => {
    try {
      const { variants } = await worker.ask({ cmd: "init", case: name, threads, variant });
      await worker.ask({ cmd: "run", steps: count });
      return { ...(await worker.ask({ cmd: "memory" })), variants };
    } finally {
      await worker.close();
    }
  };
  progress(`memory: gansmith, ${count} steps of ${name}`);
  const ours = await measure(startOurs());
  const own = {
    name: "dcgan64-memory",
    oursPeakBytes: ours.peakRssBytes,
    oursBaseBytes: ours.baseRssBytes,
  };
  if (!torch) return [own];
  if (torch.missing) return [{ ...own, peer: "torch", note: torch.missing }];
  const worker = torch.start();
  const { variants } = await worker.ask({ cmd: "init", case: name, threads });
  await worker.close();
  const tried = [];
  for (const variant of variants) {
    if (variant.startsWith("compile") && !compile) continue;
    progress(`memory: torch ${variant}, ${count} steps of ${name}`);
    const { peakRssBytes, baseRssBytes } = await measure(torch.start(), variant);
    tried.push({ variant, peakBytes: peakRssBytes, baseBytes: baseRssBytes });
  }
  tried.sort((a, b) => a.peakBytes - b.peakBytes);
  const [least] = tried;
  return [
    {
      ...own,
      peer: `torch ${torch.version}`,
      variant: least.variant,
      peerPeakBytes: least.peakBytes,
      peerBaseBytes: least.baseBytes,
      ratio: least.peakBytes / ours.peakRssBytes,
      ratioAboveBase: (least.peakBytes - least.baseBytes) / (ours.peakRssBytes - ours.baseRssBytes),
      tried,
      note:
        "base: Node.js before anything is imported; Python with torch imported" +
        (/\+cu/.test(torch.version)
          ? ". This is the CUDA wheel, whose import alone takes more than the CPU-only wheel's would"
          : ""),
    },
  ];
}
