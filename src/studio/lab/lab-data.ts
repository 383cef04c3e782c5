import { isGrey, toGrey } from "../../data/planes.ts";
import { rawPlan } from "../../data/raw-images.ts";
import { decodeIdx, isGzip } from "../../data/sources/idx-format.ts";
import { GansmithError, usageError } from "../../util/errors.ts";
import type { JsonValue } from "../../util/json.ts";
import { decodeImagesMessage } from "./images-message.ts";
import { decodeAll, MemoryImages } from "./memory-images.ts";
import { encodePlanes } from "./png.ts";

/** A data set's name and options, as a run's configuration holds them. */
export interface LabDataSpec {
  readonly name: string;
  readonly [option: string]: JsonValue;
}

/** Training images of the lab. */
export interface LabData {
  readonly spec: LabDataSpec;
  readonly images: MemoryImages;
  /** What a run folder must hold besides, by path, for `spec` to name it. */
  readonly files: LabFiles;
}

/** Contents by path. */
export type LabFiles = ReadonlyMap<string, Uint8Array>;

/** The wanted size; channels left out are the data's own. */
export interface LabShape {
  readonly size: number;
  readonly channels?: 1 | 3 | undefined;
}

/** A picture's bytes to colour planes [3, size, size]: the centre square, on white. */
export type DecodePicture = (bytes: Uint8Array, size: number) => Promise<Uint8Array>;

/** A file that somebody gave. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Images of the server's installed packages. */
export function installedData(spec: LabDataSpec, message: Uint8Array): LabData {
  return { spec, images: new MemoryImages(decodeImagesMessage(message)), files: new Map() };
}

const idxFolder = "data";
const idxImages = `${idxFolder}/images-idx3-ubyte`;
const idxLabels = `${idxFolder}/labels-idx1-ubyte`;

/** IDX files as MNIST's: images, and labels where there are any; gzipped or not, in any order. */
export async function idxData(given: readonly GivenFile[], shape: LabShape): Promise<LabData> {
  const files = await Promise.all(
    given.map(async ({ name, bytes }) => ({ name, bytes: await unpacked(name, bytes) })),
  );
  const images = files.filter(({ bytes }) => bytes[3] === 3);
  const labels = files.filter(({ bytes }) => bytes[3] === 1);
  const [first] = images;
  if (!first || images.length > 1 || labels.length > 1) {
    throw usageError(
      `expected one IDX file of images, and one of labels if there are any, received ${files.map((f) => f.name).join(", ")}.`,
    );
  }
  return idxOf(first, labels[0], shape);
}

async function idxOf(
  first: GivenFile,
  second: GivenFile | undefined,
  shape: LabShape,
): Promise<LabData> {
  const { dims, data } = decodeIdx(first.name, first.bytes, 3);
  const [count, height, width] = dims as [number, number, number];
  const labels = second && decodeIdx(second.name, second.bytes, 1).data;
  if (labels && labels.length !== count) {
    throw new GansmithError(
      "data",
      `${second.name} holds ${labels.length} labels, ${first.name} holds ${count} images: expected equal numbers.`,
    );
  }
  const area = height * width;
  const top = labels ? labels.reduce((a, b) => Math.max(a, b), 0) : -1;
  const plan = rawPlan(
    {
      ...{ count, height, width, channels: 1 },
      classes: Array.from({ length: top + 1 }, (_, i) => String(i)),
      labelOf: (i) => labels?.[i] ?? -1,
      pixels: (i) => data.subarray(i * area, (i + 1) * area),
    },
    shape,
  );
  const files = new Map([[idxImages, first.bytes]]);
  if (second) files.set(idxLabels, second.bytes);
  const spec = { name: "idx", path: idxImages, ...(second && { labels: idxLabels }), testShare: 0 };
  return { spec, images: await decodeAll("idx", plan), files };
}

async function unpacked(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const plain = stream.pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (error) {
    throw new GansmithError(
      "data",
      `${name}: it cannot be unpacked with gzip; replace the file with a whole copy.`,
      { cause: error },
    );
  }
}

const pictureFolder = "images";

/**
 * Pictures of one's own, kept as PNGs of exactly the size that is trained on: so every decoder gives the
 * same pixels. `onDone` hears how many are decoded.
 */
export async function pictureData(
  given: readonly GivenFile[],
  { size, channels }: LabShape,
  decode: DecodePicture,
  onDone?: (done: number) => void,
): Promise<LabData> {
  const decoded: Uint8Array[] = [];
  for (const { name, bytes } of given) {
    try {
      decoded.push(await decode(bytes, size));
    } catch (error) {
      throw new GansmithError("data", `${name} cannot be read as a picture; leave it out.`, {
        cause: error,
      });
    }
    onDone?.(decoded.length);
  }
  const own = channels ?? (decoded.every(isGrey) ? 1 : 3);
  const planes = own === 1 ? decoded.map(toGrey) : decoded;
  const files = new Map(
    planes.map((p, i): [string, Uint8Array] => {
      const png = encodePlanes(p, { channels: own, width: size, height: size });
      return [`${pictureFolder}/${String(i + 1).padStart(6, "0")}.png`, png];
    }),
  );
  const spec = { name: "folder", path: pictureFolder, testShare: 0 };
  return { spec, images: await fromPlanes(planes, size, own), files };
}

function fromPlanes(planes: readonly Uint8Array[], size: number, channels: 1 | 3) {
  return decodeAll("folder", {
    ...{ count: planes.length, channels, size, classes: [] },
    labelOf: () => -1,
    decode: (i) => planes[i],
  });
}

/** The data that a run's own files hold; `undefined` when it names others. */
export async function dataOfRun(
  spec: LabDataSpec,
  shape: LabShape,
  files: LabFiles,
  decode: DecodePicture,
): Promise<LabData | undefined> {
  const fileAt = (path: unknown): GivenFile | undefined => {
    const bytes = typeof path === "string" ? files.get(path) : undefined;
    return bytes && { name: String(path), bytes };
  };
  if (spec.name === "idx") {
    const images = fileAt(spec.path);
    if (!images) return undefined;
    const found = await idxOf(images, fileAt(spec.labels), shape);
    return { ...found, spec };
  }
  if (spec.name !== "folder") return undefined;
  const inside = [...files].filter(([path]) => path.startsWith(`${String(spec.path)}/`));
  if (inside.length === 0) return undefined;
  const pictures = inside.map(([name, bytes]) => ({ name, bytes }));
  pictures.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = await pictureData(pictures, shape, decode);
  return { ...found, spec, files: new Map(inside) };
}
