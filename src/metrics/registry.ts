import { unknownName } from "../util/errors.ts";
import type { Metric } from "./metric.ts";
import { classes } from "./scores/classes.ts";
import { classifierScore } from "./scores/classifier-score.ts";
import { confident } from "./scores/confident.ts";
import { coverage } from "./scores/coverage.ts";
import { density } from "./scores/density.ts";
import { fid } from "./scores/fid.ts";
import { kid } from "./scores/kid.ts";
import { memorisation } from "./scores/memorisation.ts";
import { modes } from "./scores/modes.ts";
import { modesKl } from "./scores/modes-kl.ts";
import { precision } from "./scores/precision.ts";
import { recall } from "./scores/recall.ts";
import { vendi } from "./scores/vendi.ts";

/** Every metric by name; a new one is a file and a line here. */
export const metrics: readonly Metric[] = [
  fid,
  kid,
  precision,
  recall,
  density,
  coverage,
  vendi,
  classifierScore,
  confident,
  classes,
  modes,
  modesKl,
  memorisation,
];

/** Throws a usage error that names the known ones. */
export function metricByName(name: string): Metric {
  const found = metrics.find((m) => m.name === name);
  if (!found)
    throw unknownName(
      "metric",
      name,
      metrics.map((m) => m.name),
    );
  return found;
}
