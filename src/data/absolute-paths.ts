import { resolve } from "node:path";
import type { JsonValue } from "../util/json.ts";

/** A spec in which the options of these names, paths, are absolute: relative ones begin at `from`. */
export function absolutePaths<Spec extends { readonly [option: string]: JsonValue }>(
  spec: Spec,
  paths: readonly string[] = [],
  from = ".",
): Spec {
  const resolved = paths.flatMap((name) => {
    const path = spec[name];
    return typeof path === "string" ? [[name, resolve(from, path)] as const] : [];
  });
  return { ...spec, ...Object.fromEntries(resolved) };
}
