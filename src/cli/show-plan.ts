import type { RunConfig } from "../recipes/index.ts";
import { planRun } from "../train/plan.ts";
import type { Output } from "./output.ts";

/** `train --dry-run`: everything is checked, nothing is written. */
export async function showPlan(
  config: RunConfig,
  places: { readonly out?: string | undefined; readonly from?: string | undefined },
  output: Output,
): Promise<void> {
  const plan = await planRun(config, places);
  output.text(JSON.stringify(config, null, 2));
  const { data, parameters, estimatedBytes } = plan;
  const sizes = Object.entries(parameters).map(([name, n]) => `${name} ${n.toLocaleString("en")}`);
  output.note(`data: ${data.images} images of ${data.channels}x${data.size}x${data.size}`);
  output.note(`parameters: ${sizes.join(", ")}`);
  output.note(`memory for a step: about ${(estimatedBytes / 2 ** 20).toFixed(0)} MiB`);
  output.result({ dryRun: true, config, ...plan });
}
