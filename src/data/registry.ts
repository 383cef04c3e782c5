import { unknownName, usageError } from "../util/errors.ts";
import { checkJson } from "../util/json.ts";
import { absolutePaths } from "./absolute-paths.ts";
import type { DataRequest, ImageDataset } from "./image-dataset.ts";
import { limited } from "./limited.ts";
import type { DataSource, DataSpec } from "./source.ts";
import { checkRequest, parseOptions } from "./source.ts";
import { cifar } from "./sources/cifar.ts";
import { emojiSource } from "./sources/emoji.ts";
import { fashionMnistSource } from "./sources/fashion-mnist.ts";
import { idx } from "./sources/idx.ts";
import { folder } from "./sources/image-folder.ts";
import { zip } from "./sources/image-zip.ts";
import { mnistSource } from "./sources/mnist.ts";
import { stackedMnistSource } from "./sources/stacked-mnist.ts";

/** Every data set and format, in the order in which they are listed. */
export const dataSources: readonly DataSource[] = [
  mnistSource,
  fashionMnistSource,
  emojiSource,
  stackedMnistSource,
  folder,
  zip,
  idx,
  cifar,
];

/** The source that `spec` names; throws a usage error, with a suggestion, when there is none. */
export function dataSourceOf(spec: DataSpec): DataSource {
  const name: unknown = (spec as DataSpec | undefined)?.name;
  if (typeof name !== "string") {
    throw usageError('data must be an object with a name, such as { "name": "mnist" }.');
  }
  const source = dataSources.find((s) => s.name === name);
  if (source) return source;
  throw unknownName(
    "data set",
    name,
    dataSources.map((s) => s.name),
  );
}

/**
 * A spec whose paths hold from any folder; relative ones begin at `from`, by default the working folder.
 * Throws a usage error for an unknown name.
 */
export function absoluteData(spec: DataSpec, from?: string): DataSpec {
  return absolutePaths(spec, dataSourceOf(spec).paths, from);
}

/** Checks name and options without touching the disk, for `--dry-run`; throws a usage error. */
export function checkDataSpec(spec: DataSpec): void {
  checkJson(spec, "data");
  parseOptions(dataSourceOf(spec), spec);
}

/**
 * Opens a data set: from the cache of decoded images, or by decoding it once.
 * Throws `GansmithError`: "usage" for a wrong spec or request, "data" for images that cannot be
 * used, "io" when the disk refuses.
 */
export async function openData(spec: DataSpec, request: DataRequest): Promise<ImageDataset> {
  const source = dataSourceOf(spec);
  checkJson(spec, "data");
  const options = parseOptions(source, spec);
  checkRequest(request);
  const data = await source.open(options, request);
  const { limit } = spec;
  return limit === undefined || request.split === "test" ? data : limited(data, limit, request);
}
