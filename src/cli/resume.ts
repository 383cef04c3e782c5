import type { Command } from "commander";
import { addJson, addLength, type LengthFlags, lengthOf } from "./flags.ts";
import { Output } from "./output.ts";

interface ResumeFlags extends LengthFlags {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly guard?: boolean;
}

/** `gansmith resume <run>` */
export function addResume(program: Command): Command {
  const command = program
    .command("resume")
    .summary("go on with a run")
    .description(
      "Goes on from a run's last good checkpoint, to the bit as if it had never stopped. A length " +
        "counts from the run's beginning and replaces the one that it had.",
    )
    .argument("<run>", "its folder, such as runs/00003-mnist-dcgan");
  addLength(command)
    .option("--guard", "on an illness, go back to the last healthy checkpoint and treat it")
    .option("--verbose", "print both losses every 100 steps");
  return addJson(command).action(async (run: string, flags: ResumeFlags) => {
    const { RunFolder } = await import("../train/run-folder/run-folder.ts");
    const { TextRun } = await import("../train/text/text-run.ts");
    if (TextRun.is(run)) {
      const { resumeText } = await import("../train/text/train-text.ts");
      const { refuseImageFlags, watchText } = await import("./text-commands.ts");
      refuseImageFlags(flags);
      const { stages } = new TextRun(run).config;
      const output = new Output(flags.json === true);
      await watchText(stages, output, (hooks) => resumeText(run, hooks));
      return;
    }
    const { checkConfig } = await import("../recipes/index.ts");
    const { resume } = await import("../train/train.ts");
    const { watchTraining } = await import("./watch-training.ts");
    const length = lengthOf(flags);
    const before = checkConfig(RunFolder.open(run).config).length;
    const output = new Output(flags.json === true);
    await watchTraining(length ?? before, flags.verbose === true, output, (hooks) =>
      resume(run, { ...hooks, ...(length && { length }), guard: flags.guard === true }),
    );
  });
}
