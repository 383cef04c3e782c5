// gansmith's side of a comparison: JSON lines in, JSON lines out (see serve.mjs).
import { serve } from "./serve.mjs";

await serve(async () => {
  const { cases } = await import("./cases.mjs");
  const { cpuBackend } = await import("../dist/runtime/index.js");
  const { version } = await import("../dist/util/version.js");
  return {
    version,
    variants: (name) => (Object.hasOwn(cases, name) ? ["engine"] : []),
    build: (name, _variant, threads) => cases[name](cpuBackend({ threads })),
  };
});
