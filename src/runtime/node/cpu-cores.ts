import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * Physical cores that this process may use: hyper-threads only make matrix products slower. Counted
 * from /proc/cpuinfo where it exists, elsewhere every logical core counts.
 */
export function physicalCores(): number {
  const allowed = Math.min(availableParallelism(), cgroupLimit());
  const cores = new Set<string>();
  for (const block of readText("/proc/cpuinfo").split("\n\n")) {
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
    const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? "0";
    if (core !== undefined) cores.add(`${socket}/${core}`);
  }
  return Math.max(1, cores.size > 0 ? Math.min(cores.size, allowed) : allowed);
}

/** A container's CPU quota, in cores; libuv before 1.49 does not look at it. */
function cgroupLimit(): number {
  const [quota, period] = readText("/sys/fs/cgroup/cpu.max").trim().split(" ").map(Number);
  return quota && period ? Math.ceil(quota / period) : Number.POSITIVE_INFINITY;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
