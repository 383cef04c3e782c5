import { arch, cpus, platform, totalmem } from "node:os";
import type { RunConfig } from "../../recipes/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { version } from "../../util/version.ts";

/** Versions and machine, as the start of a run records them. */
export function machineInfo(
  backend: Backend,
  config: Pick<RunConfig, "threads">,
): Record<string, string | number> {
  const processors = cpus();
  const threads = "threads" in backend ? Number(backend.threads) : (config.threads ?? 0);
  return {
    gansmith: version,
    node: process.versions.node,
    platform: `${platform()}-${arch()}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    backend: backend.name,
    threads,
  };
}
