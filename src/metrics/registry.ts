import { unknownName } from "../util/errors.ts";
import { classes } from "./classes.ts";
import { classifierScore } from "./classifier-score.ts";
import { confident } from "./confident.ts";
import { coverage } from "./coverage.ts";
import { density } from "./density.ts";
import { fid } from "./fid.ts";
import { kid } from "./kid.ts";
import { memorisation } from "./memorisation.ts";
import type { Metric } from "./metric.ts";
import { precision } from "./precision.ts";
import { recall } from "./recall.ts";
import { vendi } from "./vendi.ts";

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
