import { withSetting } from "../../recipes/index.ts";
import { checkTextConfig, type TextRunConfig, textRecipes } from "../../recipes/text/index.ts";
import { usageError } from "../../util/errors.ts";
import type { TrainFlags } from "../flags.ts";
import { judgingProgress } from "../judging-progress.ts";
import { metricsTable } from "../metrics-table.ts";
import type { RunKind } from "./run-kind.ts";

const byStages = "it ends by its stages, such as --set stages.0.iterations=5";
const imagesOnly = "it is for runs of images";

/** Generators of text. */
export const text: RunKind = {
  name: "text",
  recipes: textRecipes,
  refused: {
    ...{ steps: byStages, kimg: byStages, minutes: byStages },
    ...{ size: imagesOnly, guard: imagesOnly, class: imagesOnly, truncation: imagesOnly },
    network: imagesOnly,
  },
  rows: () =>
    textRecipes.map(({ name, summary, config: { data, stages, length } }) => [
      ...[name, stages.map((s) => s.method.name).join(", "), `${data.name} ${length} tokens`],
      ...[`${stages.reduce((sum, s) => sum + s.iterations, 0)} iterations`, summary],
    ]),
  train: async (recipe, flags, output) => {
    const config = textConfigOf(recipe, flags);
    if (flags.dryRun) {
      output.text(JSON.stringify(config, null, 2));
      output.result({ dryRun: true, config });
      return;
    }
    const { trainText } = await import("../../train/text/train-text.ts");
    const { watchText } = await import("../watch-text.ts");
    await watchText(config.stages, output, (hooks) =>
      trainText(config, { ...hooks, out: flags.out }),
    );
  },
  resume: async (path, _flags, output) => {
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { resumeText } = await import("../../train/text/train-text.ts");
    const { watchText } = await import("../watch-text.ts");
    const { stages } = new TextRun(path).config;
    await watchText(stages, output, (hooks) => resumeText(path, hooks));
  },
  sample: async (path, flags, output) => {
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { textsBelow } = await import("../watch-text.ts");
    const run = new TextRun(path);
    const { n = 20, seed = run.config.seed, temperature = 1, prefix, out } = flags;
    const texts = await run.sample(n, { seed, temperature, prefix });
    const told = { run: path, n, seed, temperature };
    if (out === undefined) {
      output.text(textsBelow(texts));
      output.result({ ...told, texts });
      return;
    }
    const { writeFileAtomic } = await import("../../util/node/files.ts");
    writeFileAtomic(out, texts.map((t) => `${JSON.stringify({ text: t })}\n`).join(""));
    output.text(`${n} texts: ${out}`);
    output.result({ ...told, out });
  },
  evaluate: async (path, { metrics, n, seed, temperature }, output) => {
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { evaluateText } = await import("../../train/text/evaluate-text.ts");
    const { onProgress, end } = judgingProgress(output);
    const options = { metrics, n, seed, temperature, onProgress };
    const found = await evaluateText(new TextRun(path), options);
    end();
    output.text(metricsTable(found, "The floor is what as many real texts get."));
    output.result({ run: path, metrics: found });
  },
  export: async (path, { format = "onnx", out }, output) => {
    if (format !== "onnx" || !out.endsWith(".onnx")) {
      throw usageError("export: a generator of text is written as ONNX, to a file in .onnx.");
    }
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { exportText } = await import("../../train/text/text-onnx.ts");
    const told = exportText(new TextRun(path), out);
    output.text(`wrote ${out}`);
    output.result({ run: path, out, format, ...told });
  },
};

/** A recipe with what the flags change, checked. */
function textConfigOf(recipe: string, flags: TrainFlags): TextRunConfig {
  const { tokenizer, ...own } = { ...textRecipes.find((r) => r.name === recipe)?.config };
  const { data, seed, backend, threads } = flags;
  const given = Object.entries({ seed, backend, threads }).filter(([, v]) => v !== undefined);
  // The recipe's tokenizer suits its own texts; others have one of theirs.
  const texts = data === undefined ? tokenizer && { tokenizer } : { data: textDataOf(data) };
  const changed = { recipe, ...own, ...texts, ...Object.fromEntries(given) };
  return checkTextConfig(flags.set.reduce<unknown>(withSetting, changed));
}

/** A corpus by name, or a file. */
function textDataOf(data: string): { readonly name: string; readonly path?: string } {
  return /[./\\]/.test(data) ? { name: "file", path: data } : { name: data };
}
