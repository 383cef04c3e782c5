import type { Command } from "commander";
import { addJson, positiveNumber, share, wholeNumber } from "./flags.ts";
import { kindOfRun } from "./kinds/index.ts";
import type { SampleFlags } from "./kinds/run-kind.ts";
import { Output } from "./output.ts";

/** `gansmith sample <run>` */
export function addSample(program: Command): Command {
  const command = program
    .command("sample")
    .summary("draw images or texts from a run")
    .description("Draws from a trained generator: into the terminal, or into --out.")
    .argument("<run>", "its folder, such as runs/00003-mnist-dcgan")
    .option("--n <n>", "how many (default: 64 images, 20 texts)", wholeNumber(1))
    .option("--seed <n>", "other seeds give other images (default: the run's)", wholeNumber(0))
    .option("--class <name or number>", "of a conditional generator; all in turn by default")
    .option("--truncation <s>", "standard deviation of z; below 1: less variety", positiveNumber)
    .option("--temperature <t>", "of a generator of text; below 1: safer", positiveNumber)
    .option("--top-k <n>", "draws among the n likeliest tokens", wholeNumber(1))
    .option("--top-p <share>", "among the likeliest that make that share of probability", share)
    .option("--prefix <text>", "what every text begins with")
    .option(
      "--out <path>",
      "a grid (.png), an array (.safetensors), a folder of pictures; texts: .jsonl",
    );
  return addJson(command).action(async (path: string, flags: SampleFlags) => {
    const kind = await kindOfRun(path, flags);
    await kind.sample(path, flags, new Output(flags.json === true));
  });
}
