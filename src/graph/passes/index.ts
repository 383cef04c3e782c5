import type { Value } from "../value.ts";
import { foldConstants } from "./fold-constants.ts";
import { shareCommon } from "./share-common.ts";

/** The passes that suit every backend; what no output needs falls away with each rebuild. */
export function simplify(outputs: readonly Value[]): Value[] {
  return shareCommon(foldConstants(outputs));
}
