import { unknownName } from "../util/errors.ts";
import { referenceBackend } from "./reference-session.ts";
import type { Backend } from "./session.ts";
import { hasGpu, type WebBackendOptions, wasmBackend, webgpuBackend } from "./web-session.ts";

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
export { hasGpu, type WebBackendOptions, wasmBackend, webgpuBackend } from "./web-session.ts";

const backends: Readonly<Record<string, (options: WebBackendOptions) => Backend>> = {
  wasm: wasmBackend,
  webgpu: webgpuBackend,
  reference: referenceBackend,
};

/** The backend of a name. `auto` is WebGPU where there is a hardware adapter, else WebAssembly. */
export async function chooseBackend(
  name = "auto",
  options: WebBackendOptions = {},
): Promise<Backend> {
  const chosen = name === "auto" ? ((await hasGpu()) ? "webgpu" : "wasm") : name;
  const make = Object.hasOwn(backends, chosen) ? backends[chosen] : undefined;
  if (!make) throw unknownName("backend", name, ["auto", ...Object.keys(backends)]);
  return make(options);
}
