import type { Command } from "commander";
import { addJson, addLength, addMachine, configOf, type TrainFlags, wholeNumber } from "./flags.ts";
import { Output } from "./output.ts";

/** `gansmith train <recipe>` */
export function addTrain(program: Command): Command {
  const command = program
    .command("train")
    .summary("train a recipe")
    .description(
      "Trains a recipe into a new run folder below runs/; `gansmith recipes` lists them.",
    )
    .argument("<recipe>", "its name, such as mnist-dcgan")
    .option(
      "--data <name or path>",
      "other data: mnist, a folder of pictures, a .zip, poems.txt, ...",
    )
    .option("--size <pixels>", "height and width of the images", wholeNumber(1))
    .option("--seed <n>", "what makes the run repeatable to the bit", wholeNumber(0));
  addLength(command);
  addMachine(command)
    .option("--out <folder>", "the run folder, new or empty")
    .option("--set <key=value>", "any value of the recipe, repeatable", collect, [])
    .option("--guard", "on an illness, go back to the last healthy checkpoint and treat it")
    .option("--dry-run", "check everything, print the whole configuration, write nothing")
    .option("--verbose", "print both losses every 100 steps");
  return addJson(command).action(async (recipe: string, flags: TrainFlags) => {
    const output = new Output(flags.json === true);
    const { textConfigOf, watchText } = await import("./text-commands.ts");
    const text = await textConfigOf(recipe, flags);
    if (text) {
      if (flags.dryRun) {
        output.text(JSON.stringify(text, null, 2));
        output.result({ config: text });
        return;
      }
      const { trainText } = await import("../train/text/train-text.ts");
      await watchText(text.stages, output, (hooks) =>
        trainText(text, { ...hooks, out: flags.out }),
      );
      return;
    }
    const config = await configOf(recipe, flags);
    if (flags.dryRun) {
      const { showPlan } = await import("./show-plan.ts");
      await showPlan(config, flags.out, output);
      return;
    }
    const { trainConfig } = await import("../train/train.ts");
    const { watchTraining } = await import("./watch-training.ts");
    await watchTraining(config.length, flags.verbose === true, output, (hooks) =>
      trainConfig(config, { ...hooks, ...(flags.out !== undefined && { out: flags.out }) }),
    );
  });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
