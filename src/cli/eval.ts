import type { Command } from "commander";
import { usageError } from "../util/errors.ts";
import { addJson, nameList, positiveNumber, wholeNumber } from "./flags.ts";
import { metricsTable } from "./metrics-table.ts";
import { Output } from "./output.ts";

interface EvalFlags {
  readonly samples?: string;
  readonly data?: string;
  readonly metrics?: readonly string[];
  readonly network?: string;
  readonly n?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

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
    .option("--metrics <names>", "such as fid,kid (default: all that suit the data)", nameList)
    .option(
      "--network <name>",
      "whose features are compared (default: the one that suits the data)",
    )
    .option("--n <n>", "how many samples to draw (default: the run's)", wholeNumber(1))
    .option("--temperature <t>", "of a generator of text (default: 1)", positiveNumber)
    .option("--seed <n>", "for drawing and for random subsets", wholeNumber(0));
  return addJson(command).action(async (path: string | undefined, flags: EvalFlags) => {
    const output = new Output(flags.json === true);
    const { metrics, network, n, seed } = flags;
    const progress = (stage: string, done: number, total?: number) => {
      if (!process.stderr.isTTY) return;
      process.stderr.write(
        `\r\u001b[2K${stage} ${total === undefined ? done : `${done}/${total}`}`,
      );
    };
    const onWarning = (message: string) => output.note(`${clear()}${message}`);
    const options = { metrics, network, n, seed, onProgress: progress, onWarning };
    if ((path === undefined) === (flags.samples === undefined)) {
      throw usageError("eval: give either a run folder or --samples FILE --data NAME.");
    }
    if (path === undefined) {
      const { samples: file = "", data } = flags;
      if (data === undefined)
        throw usageError("eval: --samples needs --data, such as --data mnist.");
      const { evaluateFile } = await import("./evaluate-file.ts");
      const found = await evaluateFile(file, data, options);
      process.stderr.write(clear());
      output.text(metricsTable(found));
      output.result({ samples: file, data, metrics: found });
      return;
    }
    if (flags.data !== undefined) throw usageError("eval: --data goes with --samples only.");
    const { TextRun } = await import("../train/text/text-run.ts");
    if (TextRun.is(path)) {
      if (network !== undefined) throw usageError("eval: --network goes with images only.");
      const { evalText } = await import("./text-commands.ts");
      await evalText(path, flags, output);
      return;
    }
    if (flags.temperature !== undefined) {
      throw usageError("eval: --temperature goes with text only.");
    }
    const { Run } = await import("../train/run.ts");
    const { recordMetrics } = await import("../train/finish.ts");
    const run = new Run(path);
    const found = await run.evaluate(options);
    process.stderr.write(clear());
    recordMetrics(run, found);
    output.text(metricsTable(found));
    output.result({ run: path, metrics: found });
  });
}

/** Takes the line of progress away. */
function clear(): string {
  return process.stderr.isTTY ? "\r\u001b[2K" : "";
}
