import { unknownName } from "../../util/errors.ts";
import type { ExportFormat } from "./format.ts";
import { onnxFormat } from "./generator-onnx.ts";
import { safetensorsFormat } from "./generator-safetensors.ts";
import { trainingStepFormat } from "./training-step.ts";

export type { ExportFormat } from "./format.ts";

/** Every export format by name; a new one is a file and a line here. */
export const exportFormats: readonly ExportFormat[] = [
  onnxFormat,
  safetensorsFormat,
  trainingStepFormat,
];

/** Throws a usage error that names the known ones. */
export function exportFormatByName(name: string): ExportFormat {
  const found = exportFormats.find((f) => f.name === name);
  if (!found)
    throw unknownName(
      "export format",
      name,
      exportFormats.map((f) => f.name),
    );
  return found;
}

/** The format that a file's name asks for; `undefined` when it has no known ending. */
export function exportFormatOf(path: string): ExportFormat | undefined {
  return exportFormats.find((f) => f.extension !== undefined && path.endsWith(f.extension));
}
