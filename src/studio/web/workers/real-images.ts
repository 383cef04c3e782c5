import { toGrey } from "../../../data/planes.ts";
import { usageError } from "../../../util/errors.ts";
import { decodeImagesMessage } from "../../lab/images-message.ts";
import { type GivenFile, idxData } from "../../lab/lab-data.ts";
import { decodePicture } from "../lab/decode-picture.ts";

/** Where real images come from: a package's data set, which the server at `server` hands over, or files. */
export type RealSource =
  | { readonly server: string; readonly name: string }
  | { readonly files: readonly File[] };

export interface RealShape {
  readonly channels: 1 | 3;
  /** Height and width in pixels. */
  readonly size: number;
}

/** Real images as a generator draws them: of its size, grey where it is. */
export interface RealImages extends RealShape {
  /** [n,C,H,W]. */
  readonly pixels: Uint8Array;
  readonly count: number;
  nameOf(index: number): string;
  /** Files that are no pictures. */
  readonly refused: readonly string[];
}

/** Throws a usage or data error for data that cannot be had. */
export function readReal(source: RealSource, shape: RealShape): Promise<RealImages> {
  if ("name" in source) return fromServer(source.server, source.name, shape);
  const { files } = source;
  const idx = files.every(({ name }) => /ubyte|\.gz$/.test(name));
  return idx ? fromIdx(files, shape) : fromPictures(files, shape);
}

async function fromServer(server: string, name: string, shape: RealShape): Promise<RealImages> {
  const { channels, size } = shape;
  const query = `size=${size}&channels=${channels}`;
  const response = await fetch(`${server}${encodeURIComponent(name)}?${query}`);
  if (!response.ok) {
    const { error } = (await response.json()) as { error: string };
    throw usageError(error);
  }
  const found = decodeImagesMessage(new Uint8Array(await response.arrayBuffer()));
  const { pixels, labels, classes } = found;
  const nameOf = (i: number) => {
    const title = classes[labels[i] as number];
    return `${name} ${i}${title === undefined ? "" : ` (${title})`}`;
  };
  return { ...shape, pixels, count: labels.length, nameOf, refused: [] };
}

async function fromIdx(files: readonly File[], shape: RealShape): Promise<RealImages> {
  const given = await Promise.all(files.map(contentOf));
  const { images } = await idxData(given, shape);
  const pixels = new Uint8Array(images.count * shape.channels * shape.size ** 2);
  const each = pixels.length / images.count;
  for (let i = 0; i < images.count; i++) pixels.set(images.pixelsOf(i), i * each);
  return { ...shape, pixels, count: images.count, nameOf: (i) => `idx ${i}`, refused: [] };
}

async function fromPictures(files: readonly File[], shape: RealShape): Promise<RealImages> {
  const { channels, size } = shape;
  const each = channels * size * size;
  const pixels = new Uint8Array(files.length * each);
  const names: string[] = [];
  const refused: string[] = [];
  for (const file of files) {
    try {
      const { bytes } = await contentOf(file);
      const planes = await decodePicture(bytes, size);
      pixels.set(channels === 1 ? toGrey(planes) : planes, names.length * each);
      names.push(file.name);
    } catch {
      refused.push(file.name);
    }
  }
  return {
    ...{ ...shape, pixels: pixels.subarray(0, names.length * each), count: names.length },
    ...{ nameOf: (i: number) => names[i] ?? "", refused },
  };
}

async function contentOf(file: File): Promise<GivenFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
