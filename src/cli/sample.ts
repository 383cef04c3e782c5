import type { Command } from "commander";
import { usageError } from "../util/errors.ts";
import { addJson, positiveNumber, wholeNumber } from "./flags.ts";
import { Output } from "./output.ts";

interface SampleFlags {
  readonly n?: number;
  readonly seed?: number;
  readonly class?: string;
  readonly truncation?: number;
  readonly temperature?: number;
  readonly prefix?: string;
  readonly out?: string;
  readonly json?: boolean;
}

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
    .option("--prefix <text>", "what every text begins with")
    .option(
      "--out <path>",
      "a grid (.png), an array (.safetensors), a folder of pictures; texts: .jsonl",
    );
  return addJson(command).action(async (path: string, flags: SampleFlags) => {
    const { TextRun } = await import("../train/text/text-run.ts");
    if (TextRun.is(path)) {
      requireFlagsFor("text", { class: flags.class, truncation: flags.truncation });
      const { sampleText } = await import("./text-commands.ts");
      await sampleText(path, { ...flags, n: flags.n ?? 20 }, new Output(flags.json === true));
      return;
    }
    requireFlagsFor("images", { temperature: flags.temperature, prefix: flags.prefix });
    const { Run } = await import("../train/run.ts");
    const { writeSamples } = await import("./write-samples.ts");
    const { terminalPicture } = await import("./picture.ts");
    const output = new Output(flags.json === true);
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
  });
}

/** Throws a usage error for a flag that a generator of another kind takes. */
function requireFlagsFor(what: string, others: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) throw usageError(`--${name}: this run is one of ${what}.`);
  }
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
