import { type RunConfig, recipes } from "../../recipes/index.ts";
import { usageError } from "../../util/errors.ts";
import { configOf, lengthOf } from "../flags.ts";
import { judgingProgress } from "../judging-progress.ts";
import { metricsTable } from "../metrics-table.ts";
import { baseOf } from "./base-config.ts";
import type { RunKind } from "./run-kind.ts";

const textOnly = "it is for runs of text";

/** Generators of images. */
export const images: RunKind = {
  name: "images",
  recipes,
  refused: {
    temperature: textOnly,
    temperatures: textOnly,
    topK: textOnly,
    topP: textOnly,
    prefix: textOnly,
    truncated: textOnly,
  },
  rows: () =>
    recipes.map(({ name, summary, config }) => [
      ...[name, config.model.name, `${config.data.name} ${config.size}x${config.size}`],
      ...[lengthText(config.length), summary],
    ]),
  train: async (recipe, flags, output) => {
    const config = await configOf(baseOf(recipe, recipes), flags);
    const { out, from, dryRun, verbose } = flags;
    if (dryRun) {
      const { showPlan } = await import("../show-plan.ts");
      await showPlan(config, { out, from }, output);
      return;
    }
    const { trainConfig } = await import("../../train/train.ts");
    const { watchTraining } = await import("../watch-training.ts");
    await watchTraining(config.length, verbose === true, output, (hooks) =>
      trainConfig(config, { ...hooks, from, ...(out !== undefined && { out }) }),
    );
  },
  resume: async (path, flags, output) => {
    const { RunFolder } = await import("../../train/run-folder/run-folder.ts");
    const { checkConfig } = await import("../../recipes/index.ts");
    const { resume } = await import("../../train/train.ts");
    const { watchTraining } = await import("../watch-training.ts");
    const length = lengthOf(flags);
    const before = checkConfig(RunFolder.open(path).config).length;
    await watchTraining(length ?? before, flags.verbose === true, output, (hooks) =>
      resume(path, { ...hooks, ...(length && { length }), guard: flags.guard === true }),
    );
  },
  sample: async (path, flags, output) => {
    const { Run } = await import("../../train/run.ts");
    const { writeSamples } = await import("../write-samples.ts");
    const { terminalPicture } = await import("../picture.ts");
    const run = new Run(path);
    const { model, classes } = run.generator();
    const { channels, size } = model.image;
    const label = flags.class === undefined ? undefined : classOf(flags.class, classes, model);
    const { seed = run.config.seed, truncation, n = 64 } = flags;
    const options = {
      seed,
      ...(label !== undefined && { label }),
      ...(truncation !== undefined && { truncation }),
    };
    const samples = await run.sample(n, options);
    const pictures = { samples, channels: channels as 1 | 3, size };
    const told = { run: path, n, seed, shape: [n, channels, size, size] };
    if (flags.out === undefined) output.result(told);
    else {
      const files = await writeSamples(pictures, flags.out);
      output.text(`${n} samples: ${flags.out}`);
      output.result({ ...told, out: flags.out, files });
    }
    output.text(terminalPicture(pictures, process.stdout));
  },
  evaluate: async (path, { metrics, network, n, seed }, output) => {
    const { Run } = await import("../../train/run.ts");
    const { recordMetrics } = await import("../../train/finish.ts");
    const run = new Run(path);
    const progress = judgingProgress(output);
    const found = await run.evaluate({ metrics, network, n, seed, ...progress });
    progress.end();
    recordMetrics(run, found);
    output.text(metricsTable(found));
    output.result({ run: path, metrics: found });
  },
  export: async (path, { out, format }, output) => {
    const { Run } = await import("../../train/run.ts");
    const told = await new Run(path).export(out, format);
    output.text(`wrote ${out}`);
    output.result({ run: path, out, ...(format !== undefined && { format }), ...told });
  },
};

function lengthText(length: RunConfig["length"]): string {
  const units = { steps: "steps", kimg: "kimg", minutes: "min", epochs: "epochs" } as const;
  return Object.entries(length)
    .map(([key, value]) => `${value} ${units[key as keyof typeof units]}`)
    .join(" or ");
}

/** A class by name or number. Throws a usage error that names the known ones. */
function classOf(
  wanted: string,
  classes: readonly string[],
  model: { readonly classes: number },
): number {
  if (model.classes === 0) {
    throw usageError(
      "--class: this generator is not conditional; train one with --set model.conditional=true.",
    );
  }
  const byName = classes.indexOf(wanted);
  const index = byName >= 0 ? byName : Number(wanted);
  if (wanted.trim() !== "" && Number.isInteger(index) && index >= 0 && index < model.classes) {
    return index;
  }
  throw usageError(
    `--class must be one of ${classes.join(", ")} or a number from 0 to ${model.classes - 1}, received "${wanted}".`,
  );
}
