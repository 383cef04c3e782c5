import type { Command } from "commander";
import { usageError } from "../util/errors.ts";
import { addJson } from "./flags.ts";
import { Output } from "./output.ts";

interface ExportFlags {
  readonly format?: string;
  readonly out: string;
  readonly json?: boolean;
}

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
    .requiredOption("--out <path>", "the file, or the folder of a training-step");
  return addJson(command).action(async (path: string, { format, out, json }: ExportFlags) => {
    const output = new Output(json === true);
    const { TextRun } = await import("../train/text/text-run.ts");
    if (TextRun.is(path)) {
      if ((format ?? "onnx") !== "onnx" || !out.endsWith(".onnx")) {
        throw usageError("export: a generator of text is written as ONNX, to a file in .onnx.");
      }
      const { exportText } = await import("../train/text/text-onnx.ts");
      const told = exportText(new TextRun(path), out);
      output.text(`wrote ${out}`);
      output.result({ run: path, out, format: "onnx", ...told });
      return;
    }
    const { Run } = await import("../train/run.ts");
    const told = await new Run(path).export(out, format);
    output.text(`wrote ${out}`);
    output.result({ run: path, out, ...(format !== undefined && { format }), ...told });
  });
}
