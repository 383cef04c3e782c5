import type { Command } from "commander";
import { addJson } from "./flags.ts";
import { kindOfRun } from "./kinds/index.ts";
import type { ExportFlags } from "./kinds/run-kind.ts";
import { Output } from "./output.ts";

/** `gansmith export <run>` */
export function addExport(program: Command): Command {
  const command = program
    .command("export")
    .summary("take a run elsewhere")
    .description(
      "Writes the generator as ONNX (onnx), the weights by name (safetensors), or the training step " +
        "itself as ONNX for any language (training-step, a folder).",
    )
    .argument("<run>", "its folder, such as runs/00003-mnist-dcgan")
    .option(
      "--format <name>",
      "onnx, safetensors or training-step (default: by the ending of --out)",
    )
    .option("--truncated", "a generator of text with inputs topK and topP, a fourth slower")
    .requiredOption("--out <path>", "the file, or the folder of a training-step");
  return addJson(command).action(async (path: string, flags: ExportFlags) => {
    const kind = await kindOfRun(path, flags);
    await kind.export(path, flags, new Output(flags.json === true));
  });
}
