import { arch, cpus, platform, totalmem } from "node:os";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { version } from "../../util/version.ts";

/** Versions and machine. */
export function hostInfo(): Record<string, string | number> {
  const processors = cpus();
  return {
    gansmith: version,
    node: process.versions.node,
    platform: `${platform()}-${arch()}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** Versions, machine and what computes, as the start of a run records them. */
export function machineInfo(
  backend: Backend,
  config: Pick<RunConfig, "threads">,
): Record<string, string | number> {
  const threads = "threads" in backend ? Number(backend.threads) : (config.threads ?? 0);
  return { ...hostInfo(), backend: backend.name, threads };
}
