import { withSetting } from "../../recipes/index.ts";
import { checkTextConfig, type TextRunConfig, textRecipes } from "../../recipes/text/index.ts";
import { usageError } from "../../util/errors.ts";
import { type LengthFlags, lengthOf, type TrainFlags } from "../flags.ts";
import { judgingProgress } from "../judging-progress.ts";
import { sweepTable } from "../metrics-table.ts";
import type { Output } from "../output.ts";
import { baseOf } from "./base-config.ts";
import type { RunKind } from "./run-kind.ts";

const imagesOnly = "it is for runs of images";
const always = "each iteration prints its figures anyway";

/** Generators of text. */
export const text: RunKind = {
  name: "text",
  recipes: textRecipes,
  refused: {
    ...{ size: imagesOnly, guard: imagesOnly, class: imagesOnly, truncation: imagesOnly },
    ...{ network: imagesOnly, verbose: always },
  },
  rows: () =>
    textRecipes.map(({ name, summary, config: { data, stages, length } }) => [
      ...[name, stages.map((s) => s.method.name).join(", "), `${data.name} ${length} tokens`],
      ...[`${stages.reduce((sum, s) => sum + s.iterations, 0)} iterations`, summary],
    ]),
  train: async (recipe, flags, output) => {
    const config = textConfigOf(recipe, flags);
    const { out, from, dryRun } = flags;
    if (dryRun) {
      await showTextPlan(config, { out, from }, output);
      return;
    }
    const { trainText } = await import("../../train/text/train-text.ts");
    const { watchText } = await import("../watch-text.ts");
    await watchText(config.stages, output, (hooks) => trainText(config, { ...hooks, out, from }));
  },
  resume: async (path, flags, output) => {
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { resumeText } = await import("../../train/text/train-text.ts");
    const { watchText } = await import("../watch-text.ts");
    const { stages } = new TextRun(path).config;
    const end = endOf(flags, stages);
    await watchText(stages, output, (hooks) => resumeText(path, { ...hooks, end }));
  },
  sample: async (path, flags, output) => {
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { textsBelow } = await import("../text-view.ts");
    const run = new TextRun(path);
    const { n = 20, seed = run.config.seed, temperature = 1, topK, topP, prefix, out } = flags;
    const texts = await run.sample(n, { seed, temperature, topK, topP, prefix });
    const truncated = { ...(topK !== undefined && { topK }), ...(topP !== undefined && { topP }) };
    const told = { run: path, n, seed, temperature, ...truncated };
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
  evaluate: async (path, { metrics, n, seed, temperatures }, output) => {
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { sweepText } = await import("../../train/text/evaluate-text.ts");
    const { plainPoint, recordTextSweep } = await import("../../train/text/record-text.ts");
    const { join } = await import("node:path");
    const run = new TextRun(path);
    const { onProgress, end } = judgingProgress(output);
    const sweep = await sweepText(run, { metrics, n, seed, temperatures, onProgress });
    end();
    const name = await recordTextSweep(run, sweep);
    const picture = name === undefined ? {} : { picture: join(path, name) };
    output.text(sweepTable(sweep));
    if (picture.picture) output.text(`Quality against diversity: ${picture.picture}`);
    const { temperature, metrics: found } = plainPoint(sweep);
    output.result({ run: path, temperature, metrics: found, sweep, ...picture });
  },
  export: async (path, { format = "onnx", out, truncated }, output) => {
    if (format !== "onnx" || !out.endsWith(".onnx")) {
      throw usageError("export: a generator of text is written as ONNX, to a file in .onnx.");
    }
    const { TextRun } = await import("../../train/text/text-run.ts");
    const { exportText } = await import("../../train/text/text-onnx.ts");
    const told = exportText(new TextRun(path), out, { truncated });
    output.text(`wrote ${out}`);
    output.result({ run: path, out, format, ...told });
  },
};

/** A recipe with what the flags change, checked. */
function textConfigOf(recipe: string, flags: TrainFlags): TextRunConfig {
  const { tokenizer, ...own } = baseOf(recipe, textRecipes);
  const { data, seed, backend, threads } = flags;
  const given = Object.entries({ seed, backend, threads }).filter(([, v]) => v !== undefined);
  // The recipe's tokenizer suits its own texts; others have one of theirs.
  const texts =
    data !== undefined ? { data: textDataOf(data) } : tokenizer !== undefined ? { tokenizer } : {};
  const changed = { ...own, ...texts, ...Object.fromEntries(given) };
  const config = checkTextConfig(flags.set.reduce<unknown>(withSetting, changed));
  const end = endOf(flags, config.stages);
  return end ? { ...config, end } : config;
}

/** The end that flags ask for. Throws a usage error for more steps than the stages have. */
function endOf(flags: LengthFlags, stages: TextRunConfig["stages"]): TextRunConfig["end"] {
  const all = stages.reduce((sum, s) => sum + s.iterations, 0);
  const { steps = 0 } = flags;
  if (steps <= all) return lengthOf(flags);
  throw usageError(
    `--steps ${steps}: a step of text is an iteration, and the stages have ${all} in all; a run begins with more by --set stages.0.iterations=${steps}.`,
  );
}

/** `train --dry-run`: everything is checked, nothing is written. */
async function showTextPlan(
  config: TextRunConfig,
  places: { readonly out?: string | undefined; readonly from?: string | undefined },
  output: Output,
): Promise<void> {
  const { planText } = await import("../../train/text/plan-text.ts");
  const plan = await planText(config, places);
  output.text(JSON.stringify(config, null, 2));
  const { texts, cut, leftOut, validation, vocabulary } = plan.data;
  const number = (n: number) => n.toLocaleString("en");
  output.note(
    `data: ${number(texts)} texts to learn from (${number(cut)} cut to ${config.length} tokens, ${number(leftOut)} longer ones left out), ${number(validation)} to validate; a vocabulary of ${number(vocabulary)} tokens`,
  );
  const sizes = Object.entries(plan.parameters).map(([name, n]) => `${name} ${number(n)}`);
  output.note(`parameters: ${sizes.join(", ")}`);
  output.result({ dryRun: true, config, ...plan });
}

/** A corpus by name, or a file. */
function textDataOf(data: string): { readonly name: string; readonly path?: string } {
  return /[./\\]/.test(data) ? { name: "file", path: data } : { name: data };
}
