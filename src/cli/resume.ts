import type { Command } from "commander";
import { addJson, addLength } from "./flags.ts";
import { kindOfRun } from "./kinds/index.ts";
import type { ResumeFlags } from "./kinds/run-kind.ts";
import { Output } from "./output.ts";

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
    const kind = await kindOfRun(run, flags);
    await kind.resume(run, flags, new Output(flags.json === true));
  });
}
