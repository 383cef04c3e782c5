import { unknownName } from "../util/errors.ts";
import {
  type CpuBackendOptions,
  cpuBackend,
  cudaBackend,
  webgpuBackend,
} from "./node/node-session.ts";
import { referenceBackend } from "./reference-session.ts";
import type { Backend } from "./session.ts";

export { physicalCores } from "./node/cpu-cores.ts";
export {
  type CpuBackendOptions,
  cpuBackend,
  cudaBackend,
  type NodeBackendOptions,
  type WebgpuBackendOptions,
  webgpuBackend,
} from "./node/node-session.ts";
export { referenceBackend } from "./reference-session.ts";
export {
  type Backend,
  type BackendName,
  type CompileOptions,
  type DeviceTensor,
  isDeviceTensor,
  type Lowering,
  type Session,
  type Tensor,
} from "./session.ts";

const backends: Readonly<Record<string, (options: CpuBackendOptions) => Backend>> = {
  cpu: cpuBackend,
  webgpu: webgpuBackend,
  cuda: cudaBackend,
  reference: referenceBackend,
};

/** What `--backend` takes. */
export const backendNames: readonly string[] = ["auto", ...Object.keys(backends)];

/**
 * The backend of a name. `auto` is the CPU: it runs everywhere with the same results, and a WebGPU
 * adapter may be a software one that is far slower. Throws a usage error for unknown names.
 */
export function chooseBackend(name = "auto", options: CpuBackendOptions = {}): Backend {
  const chosen = name === "auto" ? "cpu" : name;
  const make = Object.hasOwn(backends, chosen) ? backends[chosen] : undefined;
  if (!make) throw unknownName("backend", name, backendNames);
  return make(options);
}
