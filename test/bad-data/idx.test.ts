import { gzipSync } from "node:zlib";
import {
  at,
  type Case,
  describeRefusals,
  emptyFolder,
  idxOf,
  patch,
  ten,
} from "../support/bad-files.ts";
import { idxBytes, put } from "../support/picture-files.ts";

const idxFiles: readonly Case[] = [
  ["0 bytes", () => idxOf("i0", new Uint8Array()), /received 0 bytes/],
  [
    "a wrong magic",
    () => idxOf("i1", patch(ten, 2, [13])),
    /magic 00000803.*received magic 00000d03/,
  ],
  ["a wrong rank", () => idxOf("i2", idxBytes([10, 16], new Uint8Array(160))), /3 dimensions/],
  [
    "a short payload",
    () => idxOf("i3", ten.subarray(0, 100)),
    /declares 10 x 4 x 4 = 160 bytes, the file holds 84/,
  ],
  ["a long payload", () => idxOf("i4", Buffer.concat([ten, ten])), /= 160 bytes, the file holds/],
  ["no images", () => idxOf("i5", idxBytes([0, 4, 4], new Uint8Array())), /declares no data/],
  [
    "dimensions beyond memory",
    () => idxOf("i6", patch(ten, 4, [255, 255, 255, 255, 255, 255, 255, 255])),
    /declares 4294967295/,
  ],
  ["text", () => idxOf("i7", Buffer.from("hello, this is no IDX file")), /received magic 68656c6c/],
  [
    "fewer labels than images",
    () => idxOf("i8", ten, idxBytes([9], new Uint8Array(9))),
    /9 labels.*10 images/,
  ],
  ["labels that are images", () => idxOf("i9", ten, ten), /1 dimension /],
  [
    "damaged gzip",
    () => ({ name: "idx", path: put(at("x-images-idx3-ubyte.gz"), gzipSync(ten).subarray(0, 30)) }),
    /cannot be unpacked with gzip/,
  ],
  [
    "an empty folder",
    () => ({ name: "idx", path: emptyFolder("noidx") }),
    /no train images, expected train-images-idx3-ubyte/,
  ],
  ["a missing file", () => ({ name: "idx", path: at("none.idx") }), /does not exist/],
  [
    "missing labels",
    () => ({ name: "idx", path: put(at("l.idx"), ten), labels: at("none") }),
    /none.*does not exist/,
  ],
];

describeRefusals("IDX files with", idxFiles);
