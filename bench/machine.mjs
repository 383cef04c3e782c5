import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";

/**
 * What a measurement depends on.
 * @param {{ threads: number, torch: string | undefined }} facts
 */
export function describeMachine({ threads, torch }) {
  const manifest = join(import.meta.dirname, "../node_modules/onnxruntime-node/package.json");
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()}-${arch()} ${release()}`,
    threads,
    node: process.versions.node,
    onnxruntime: JSON.parse(readFileSync(manifest, "utf8")).version,
    torch: torch ?? null,
    date: new Date().toISOString(),
    load: loadavg().map((x) => Math.round(x * 100) / 100),
  };
}
