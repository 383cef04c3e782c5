import { decodeModel, type OnnxModel } from "../../onnx/model.ts";
import { GansmithError } from "../../util/errors.ts";

/** A generator of images, as its ONNX file describes it. */
export interface ImageFile {
  /** Numbers of z. */
  readonly latent: number;
  /** Names of the classes; none for a generator without. */
  readonly classes: readonly string[];
  readonly channels: 1 | 3;
  /** Height and width in pixels. */
  readonly size: number;
  /** What the file says of itself: recipe, data, step, ... */
  readonly about: Readonly<Record<string, string>>;
}

/**
 * Reads what an exported generator of images says of itself. Inputs `z` [N,latent] and, of a conditional
 * one, `labels` i32 [N]; output `images` [N,C,H,W]. Throws a data error for any other file.
 */
export function readImageFile(bytes: Uint8Array): ImageFile {
  const model = decodeModel(bytes);
  const { metadata = {} } = model;
  const z = portOf(model, "inputs", "z");
  const images = portOf(model, "outputs", "images");
  const unknown = model.graph.inputs.find(({ name }) => name !== "z" && name !== "labels");
  const latent = z?.shape[1];
  if (!images || typeof latent !== "number" || z?.shape.length !== 2 || unknown) {
    throw new GansmithError(
      "data",
      noGenerator(model, "images", "z [N,latent]", "images [N,C,H,W]"),
    );
  }
  const given = [...(metadata.image ?? "").matchAll(/\d+/g)].map(Number);
  const [channels, height, width] = given.length === 3 ? given : images.shape.slice(1);
  const square = typeof height === "number" && height > 0 && height === width;
  if (!square || (channels !== 1 && channels !== 3)) {
    throw new GansmithError(
      "data",
      `the file draws images of ${images.shape.slice(1).join(" x ")}, expected 1 or 3 channels and a square.`,
    );
  }
  const classes = portOf(model, "inputs", "labels") ? classNames(metadata.classes) : [];
  return { latent, classes, channels, size: height, about: metadata };
}

/** What a file is, where it is not what was wanted. */
export function noGenerator(
  { graph }: OnnxModel,
  what: string,
  input: string,
  output: string,
): string {
  const [inputs, outputs] = [graph.inputs, graph.outputs].map((ports) =>
    ports.map(({ name }) => name).join(", "),
  );
  return (
    `the file is no generator of ${what}: expected an input ${input} and an output ${output}, as ` +
    `\`gansmith export\` writes them, received inputs ${inputs || "none"} and outputs ${outputs || "none"}.`
  );
}

export function portOf({ graph }: OnnxModel, side: "inputs" | "outputs", name: string) {
  return graph[side].find((port) => port.name === name);
}

function classNames(text: string | undefined): string[] {
  try {
    const names: unknown = JSON.parse(text ?? "");
    if (Array.isArray(names) && names.length > 0) return names.map(String);
  } catch {
    // Said below.
  }
  throw new GansmithError(
    "data",
    "the file draws by class but does not name its classes: its metadata `classes` is no list of names.",
  );
}
