import { inferData, openData } from "../data/index.ts";
import { evaluateSamples, type MetricResult } from "../metrics/index.ts";
import { floatsOf, floatTypes } from "../onnx/half.ts";
import { decodeSafetensors } from "../onnx/safetensors.ts";
import { chooseBackend } from "../runtime/index.ts";
import { GansmithError, usageError } from "../util/errors.ts";
import { ioError, readFileChunks } from "../util/node/files.ts";

interface Options {
  readonly metrics?: readonly string[] | undefined;
  readonly network?: string | undefined;
  readonly n?: number | undefined;
  readonly seed?: number | undefined;
  readonly onProgress?: (stage: string, done: number, total?: number) => void;
  readonly onWarning?: (message: string) => void;
}

/** Judges the samples of a .safetensors file against a data set of a name or path. */
export async function evaluateFile(
  file: string,
  dataName: string,
  { n, ...options }: Options,
): Promise<Record<string, MetricResult>> {
  const spec = inferData(dataName);
  const { samples, channels, size } = readSamples(file, n);
  const train = await openData(spec, { size, channels, split: "train" });
  try {
    const test = await openData(spec, { size, channels, split: "test" });
    try {
      const backend = chooseBackend("cpu");
      return await evaluateSamples({ samples, train, test, backend, ...options });
    } finally {
      test.close();
    }
  } finally {
    train.close();
  }
}

/** The first `n` images of the array `images`, or of the only array that there is. */
function readSamples(
  file: string,
  n: number | undefined,
): { samples: Float32Array; channels: 1 | 3; size: number } {
  let bytes: Uint8Array;
  try {
    bytes = readFileChunks(file, () => {});
  } catch (error) {
    throw ioError(`read ${file}`, error);
  }
  const { tensors } = readTensors(bytes, file);
  const tensor =
    tensors.get("images") ?? (tensors.size === 1 ? [...tensors.values()][0] : undefined);
  if (!tensor) {
    throw usageError(
      `${file} must hold one array "images", it has: ${[...tensors.keys()].join(", ")}.`,
    );
  }
  const { dtype, shape, data } = tensor;
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const fits = shape.length === 4 && (channels === 1 || channels === 3) && height === width;
  const floats = floatTypes.includes(dtype);
  if (!fits || (!floats && dtype !== "U8")) {
    throw usageError(
      `${file}: images must be floats or u8 of shape [n, 1 or 3, size, size], received ${dtype.toLowerCase()} [${shape.join(",")}].`,
    );
  }
  if (n !== undefined && n > count) {
    throw usageError(`--n ${n}: ${file} holds only ${count} images.`);
  }
  const values = floats ? floatsOf(tensor) : (data as Uint8Array);
  const used = values.subarray(0, (n ?? count) * channels * height * width);
  const outside = floats ? used.find((v) => !(Math.abs(v) <= 1 + 1e-3)) : undefined;
  if (outside !== undefined) {
    throw usageError(`${file}: images of floats must be in [-1, 1], it holds ${outside}.`);
  }
  // Bytes 0 to 255 stand for [-1, 1].
  const samples = Float32Array.from(used, floats ? (v) => v : (v) => v / 127.5 - 1);
  return { samples, channels: channels as 1 | 3, size: height };
}

function readTensors(bytes: Uint8Array, file: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof GansmithError)) throw error;
    throw new GansmithError(error.kind, `${file}: ${error.message}`, { cause: error });
  }
}
