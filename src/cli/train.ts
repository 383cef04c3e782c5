import type { Command } from "commander";
import { addJson, addLength, addMachine, type TrainFlags, wholeNumber } from "./flags.ts";
import { kindOfBase } from "./kinds/index.ts";
import { Output } from "./output.ts";

/** `gansmith train <recipe>` */
export function addTrain(program: Command): Command {
  const command = program
    .command("train")
    .summary("train a recipe")
    .description(
      "Trains a recipe into a new run folder below runs/; `gansmith recipes` lists them.",
    )
    .argument(
      "<recipe>",
      "its name, such as mnist-dcgan, or a run folder: begins anew with that run's configuration",
    )
    .option(
      "--data <name or path>",
      "other data: mnist, a folder of pictures, a .zip, poems.txt, ...",
    )
    .option("--size <pixels>", "height and width of the images", wholeNumber(1))
    .option("--seed <n>", "what makes the run repeatable to the bit", wholeNumber(0));
  addLength(command);
  addMachine(command)
    .option(
      "--from <run>",
      "begin with the newest weights of this run, which has the same networks; all else begins anew",
    )
    .option("--out <folder>", "the run folder, new or empty")
    .option("--set <key=value>", "any value of the recipe, repeatable", collect, [])
    .option("--guard", "on an illness, go back to the last healthy checkpoint and treat it")
    .option("--dry-run", "check everything, print the whole configuration, write nothing")
    .option("--verbose", "print both losses every 100 steps");
  return addJson(command).action(async (recipe: string, flags: TrainFlags) => {
    const output = new Output(flags.json === true);
    const kind = await kindOfBase(recipe, flags);
    await kind.train(recipe, flags, output);
  });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
