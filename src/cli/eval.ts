import type { Command } from "commander";
import { usageError } from "../util/errors.ts";
import { addJson, nameList, numberList, wholeNumber } from "./flags.ts";
import { judgingProgress } from "./judging-progress.ts";
import { kindOfRun } from "./kinds/index.ts";
import type { EvalFlags } from "./kinds/run-kind.ts";
import { metricsTable } from "./metrics-table.ts";
import { Output } from "./output.ts";

/** `gansmith eval <run>` or `gansmith eval --samples FILE --data NAME` */
export function addEval(program: Command): Command {
  const command = program
    .command("eval")
    .summary("judge a run, or any samples")
    .description(
      "Judges a run's generator, or samples that something else made: a .safetensors file with one " +
        "array [n,C,H,W], f32 in [-1, 1] or u8. Every metric comes with its floor.",
    )
    .argument("[run]", "its folder, such as runs/00003-mnist-dcgan")
    .option("--samples <file>", "judge these instead of a run")
    .option("--data <name or path>", "what --samples shall look like")
    .option(
      "--metrics <names>",
      "such as fid,kid (default: all that suit the data; of text, lm, reverse-lm and frechet-lm only by name)",
      nameList,
    )
    .option(
      "--network <name>",
      "whose features are compared (default: the one that suits the data)",
    )
    .option("--n <n>", "how many samples to draw (default: the run's)", wholeNumber(1))
    .option(
      "--temperatures <list>",
      "of a generator of text, such as 0.8,1 (default: 0.7,0.8,0.9,1,1.1)",
      numberList,
    )
    .option("--seed <n>", "for drawing and for random subsets", wholeNumber(0));
  return addJson(command).action(async (path: string | undefined, flags: EvalFlags) => {
    const output = new Output(flags.json === true);
    if ((path === undefined) === (flags.samples === undefined)) {
      throw usageError("eval: give either a run folder or --samples FILE --data NAME.");
    }
    if (path === undefined) {
      const { samples: file = "", data } = flags;
      if (data === undefined)
        throw usageError("eval: --samples needs --data, such as --data mnist.");
      const { evaluateFile } = await import("./evaluate-file.ts");
      const { metrics, network, n, seed } = flags;
      const progress = judgingProgress(output);
      const found = await evaluateFile(file, data, { metrics, network, n, seed, ...progress });
      progress.end();
      output.text(metricsTable(found));
      output.result({ samples: file, data, metrics: found });
      return;
    }
    if (flags.data !== undefined) throw usageError("eval: --data goes with --samples only.");
    const kind = await kindOfRun(path, flags);
    await kind.evaluate(path, flags, output);
  });
}
