import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { DataRequest } from "../src/data/image-dataset.ts";
import { openData } from "../src/data/index.ts";
import { inferData } from "../src/data/infer-data.ts";
import type { DataSpec } from "../src/data/source.ts";
import { GansmithError } from "../src/util/errors.ts";
import { Random } from "../src/util/random.ts";
import {
  idxBytes,
  picture,
  plain,
  put,
  temporaryFolder,
  zipBytes,
} from "./support/picture-files.ts";

const root = temporaryFolder();
const cacheDir = join(root, "cache");
const at = (...parts: string[]): string => join(root, ...parts);
const request: DataRequest = { split: "train", cacheDir };

/** The refusal of `spec`: a GansmithError of one clear sentence or two, and no file left behind. */
async function refusal(spec: DataSpec, given: Partial<DataRequest> = {}): Promise<string> {
  try {
    (await openData(spec, { ...request, ...given })).close();
  } catch (error) {
    expect(error).toBeInstanceOf(GansmithError);
    const { message } = error as GansmithError;
    expect(message).not.toMatch(/\n|undefined|\[object|at .*\.ts:/);
    expect(leftovers()).toEqual([]);
    return message;
  }
  throw new Error(`${JSON.stringify(spec)} was accepted`);
}

function leftovers(): string[] {
  try {
    return readdirSync(cacheDir).filter((n) => n.endsWith(".tmp"));
  } catch {
    return [];
  }
}

const good = await picture("png", { width: 32, height: 32 });
const jpeg = await picture("jpeg", { width: 64, height: 64 });
const ten = idxBytes([10, 4, 4], new Uint8Array(160).fill(9));

/** Name, how to make it (gives the spec), what the message must say. */
type Case = readonly [string, () => DataSpec | Promise<DataSpec>, RegExp, Partial<DataRequest>?];
const folderOf = (name: string, files: Readonly<Record<string, string | Uint8Array>>): DataSpec => {
  for (const [file, bytes] of Object.entries(files)) put(at(name, file), bytes);
  return { name: "folder", path: at(name), testShare: 0 };
};
const emptyFolder = (name: string): string => {
  mkdirSync(at(name));
  return at(name);
};
const idxOf = (name: string, images: Uint8Array, labels?: Uint8Array): DataSpec => {
  put(at(name, "train-images-idx3-ubyte"), images);
  if (labels) put(at(name, "train-labels-idx1-ubyte"), labels);
  return { name: "idx", path: at(name) };
};
const zipOf = async (
  name: string,
  entries: Readonly<Record<string, string | Uint8Array>>,
): Promise<DataSpec> => ({ name: "zip", path: put(at(name), await zipBytes(entries)) });
/** A zip whose entry is renamed in place, as no honest writer would. */
const zipNamed = async (file: string, name: string): Promise<DataSpec> => {
  const honest = `${"x".repeat(name.length - 4)}.png`;
  const bytes = Buffer.from(
    (await zipBytes({ [honest]: good })).toString("latin1").replaceAll(honest, name),
    "latin1",
  );
  return { name: "zip", path: put(at(file), bytes) };
};
const patch = (bytes: Uint8Array, place: number, value: readonly number[]): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(value, place);
  return copy;
};
const cifarOf = (name: string, files: Readonly<Record<string, Uint8Array>>): DataSpec => {
  for (const [file, bytes] of Object.entries(files)) put(at(name, file), bytes);
  return { name: "cifar", path: at(name) };
};
const five = (bytes: Uint8Array): Record<string, Uint8Array> =>
  Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, bytes]));

const specs: readonly Case[] = [
  ["an unknown name", () => ({ name: "mnits" }), /unknown data set "mnits".*Did you mean "mnist"/],
  ["no name", () => ({}) as DataSpec, /must be an object with a name/],
  ["null", () => null as unknown as DataSpec, /must be an object with a name/],
  ["an unknown option", () => ({ name: "mnist", sice: 3 }), /data set "mnist".*sice/],
  ["no path", () => ({ name: "folder" }), /data\.path is missing/],
  ["a path that is no text", () => ({ name: "zip", path: 7 }), /data\.path.*expected string/],
  ["an unknown fit", () => ({ name: "folder", path: ".", fit: "squash" }), /data\.fit.*crop/],
  ["a colour that is none", () => ({ name: "folder", path: ".", background: "#12" }), /rrggbb/],
  ["a share of 2", () => ({ name: "folder", path: ".", testShare: 2 }), /data\.testShare/],
  ["a share that is NaN", () => ({ name: "folder", path: ".", testShare: Number.NaN }), /finite/],
  ["another vendor", () => ({ name: "emoji", vendor: "acme" }), /data\.vendor/],
  [
    "a missing package",
    () => ({ name: "emoji", vendor: "twitter" }),
    /npm install emoji-datasource-twitter/,
  ],
  ["size 0", () => ({ name: "mnist" }), /size must be a whole number.*received 0/, { size: 0 }],
  ["size 28.5", () => ({ name: "mnist" }), /received 28.5/, { size: 28.5 }],
  ["size NaN", () => ({ name: "mnist" }), /received NaN/, { size: Number.NaN }],
  ["size 100000", () => ({ name: "mnist" }), /from 4 to 1024/, { size: 100_000 }],
  ["2 channels", () => ({ name: "mnist" }), /channels must be 1/, { channels: 2 as 1 }],
  ["another split", () => ({ name: "mnist" }), /"train" or "test"/, { split: "dev" as "test" }],
];

const folders: readonly Case[] = [
  ["that is not there", () => ({ name: "folder", path: at("nowhere") }), /nowhere.*does not exist/],
  [
    "that is a file",
    () => ({ name: "folder", path: put(at("f.png"), good) }),
    /f\.png.*not a folder/,
  ],
  [
    "that is empty",
    () => ({ name: "folder", path: emptyFolder("empty") }),
    /empty holds no pictures/,
  ],
  ["without pictures", () => folderOf("texts", { "a.txt": "x" }), /holds no pictures/],
  [
    "with text named .png",
    () => folderOf("text", { "a.png": "hello" }),
    /a\.png cannot be read.*not a PNG.*skipBad=true/,
  ],
  [
    "with SVG named .png",
    () => folderOf("svg", { "a.png": "<svg xmlns='http://www.w3.org/2000/svg'/>" }),
    /not a PNG/,
  ],
  [
    "with an empty picture",
    () => folderOf("zero", { "sub/a.png": "" }),
    /sub\/a\.png.*it is empty/,
  ],
  [
    "with a truncated JPEG",
    () => folderOf("cut", { "a.jpg": jpeg.subarray(0, jpeg.length / 2) }),
    /a\.jpg cannot be read/,
  ],
  [
    "with a truncated PNG",
    () => folderOf("cutpng", { "a.png": good.subarray(0, good.length / 2) }),
    /a\.png cannot be read/,
  ],
  [
    "with a PNG's head alone",
    () => folderOf("head", { "a.png": good.subarray(0, 12) }),
    /a\.png cannot be read/,
  ],
  [
    "with one bad of many",
    () => folderOf("one", { "a.png": good, "b.png": "x", "c.png": good }),
    /b\.png/,
  ],
  [
    "with only bad ones",
    () => ({ ...folderOf("bad", { "a.png": "x" }), skipBad: true }),
    /none of its 1 train images/,
  ],
  [
    "with a picture of too many pixels",
    async () => {
      const bomb = Uint8Array.from(await plain(16, 16, "white"));
      // The header's width and height, and the header's checksum.
      const ihdr = patch(patch(bomb.subarray(12, 29), 4, [0, 0, 0x80, 0]), 8, [0, 0, 0x80, 0]);
      const sum = Buffer.alloc(4);
      const { crc32 } = await import("node:zlib");
      sum.writeUInt32BE(crc32(ihdr));
      return folderOf("huge", { "a.png": patch(patch(bomb, 12, [...ihdr]), 29, [...sum]) });
    },
    /more than 100 million pixels/,
  ],
  [
    "with one picture, judged",
    () => ({ ...folderOf("lone", { "a.png": good }), testShare: 0.1 }),
    /no test images \(1 images in all\)/,
    { split: "test" },
  ],
];

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

const cifars: readonly Case[] = [
  [
    "wrong length",
    () => cifarOf("c0", five(new Uint8Array(3000))),
    /records of 3073 bytes.*received 3000 bytes/,
  ],
  ["0 bytes", () => cifarOf("c1", five(new Uint8Array())), /received 0 bytes/],
  [
    "a batch missing",
    () => cifarOf("c2", { "data_batch_1.bin": new Uint8Array(3073) }),
    /lacks data_batch_2\.bin/,
  ],
  [
    "label 200",
    () => cifarOf("c3", five(new Uint8Array(3073).fill(200))),
    /record 0 has label 200, expected 0 to 9/,
  ],
  [
    "no such split",
    () => cifarOf("c4", five(new Uint8Array(3073))),
    /no test images/,
    { split: "test" },
  ],
];

const zips: readonly Case[] = [
  [
    "that is text",
    () => ({ name: "zip", path: put(at("t.zip"), "not a zip") }),
    /t\.zip cannot be read as a zip/,
  ],
  [
    "of 0 bytes",
    () => ({ name: "zip", path: put(at("0.zip"), "") }),
    /0\.zip cannot be read as a zip/,
  ],
  ["that is a folder", () => ({ name: "zip", path: emptyFolder("d.zip") }), /is a folder/],
  [
    "that is cut",
    async () => ({
      name: "zip",
      path: put(at("c.zip"), (await zipBytes({ "a.png": good })).subarray(0, 200)),
    }),
    /cannot be read as a zip/,
  ],
  ["with a ../ entry", () => zipNamed("up.zip", "../../evil.png"), /invalid relative path/],
  ["with an absolute entry", () => zipNamed("abs.zip", "/etc/evil1.png"), /absolute path/],
  ["with a drive's entry", () => zipNamed("drive.zip", "C:/evil/ab1.png"), /absolute path/],
  ["with backslashes", () => zipNamed("back.zip", "..\\..\\evil.png"), /invalid characters/],
  ["without pictures", () => zipOf("np.zip", { "a.txt": "x" }), /holds no pictures/],
  [
    "that is a bomb",
    () => zipOf("bomb.zip", { "a.png": new Uint8Array(8 << 20) }),
    /decompression bomb: a\.png would grow/,
  ],
  [
    "that is a bomb in parts",
    () =>
      zipOf(
        "parts.zip",
        Object.fromEntries(
          Array.from({ length: 8 }, (_, i) => [`${i}.png`, new Uint8Array(1 << 20)]),
        ),
      ),
    /decompression bomb: its entries/,
  ],
  [
    "that lies about sizes",
    async () => {
      const bytes = await zipBytes({ "a.png": Buffer.concat([good, new Uint8Array(50_000)]) });
      const central = bytes.indexOf("PK\x01\x02", 0, "latin1");
      return { name: "zip", path: put(at("lie.zip"), patch(bytes, central + 24, [100, 0, 0, 0])) };
    },
    /a\.png cannot be unpacked/,
  ],
  [
    "with a wrong checksum",
    async () => {
      const bytes = await zipBytes({ "a.png": good });
      const central = bytes.indexOf("PK\x01\x02", 0, "latin1");
      return { name: "zip", path: put(at("crc.zip"), patch(bytes, central + 16, [1, 2, 3, 4])) };
    },
    /a\.png cannot be unpacked: its checksum/,
  ],
  [
    "with text named .png",
    () => zipOf("txt.zip", { "a.png": "hello" }),
    /a\.png cannot be read.*skipBad/,
  ],
  [
    "with dataset.json that is no JSON",
    () => zipOf("j0.zip", { "a.png": good, "dataset.json": "{" }),
    /dataset\.json is not JSON/,
  ],
  [
    "with a malformed dataset.json",
    () => zipOf("j1.zip", { "a.png": good, "dataset.json": '{"labels": [["a.png", "cat"]]}' }),
    /dataset\.json must be.*labels\.0\.1/,
  ],
  [
    "with dataset.json missing a name",
    () =>
      zipOf("j2.zip", {
        "a.png": good,
        "b.png": good,
        "dataset.json": '{"labels": [["a.png", 1]]}',
      }),
    /no label for b\.png/,
  ],
  [
    "with a negative label",
    () => zipOf("j3.zip", { "a.png": good, "dataset.json": '{"labels": [["a.png", -1]]}' }),
    /dataset\.json must be/,
  ],
];

for (const [what, cases] of Object.entries({
  "a request or spec with": specs,
  "a folder": folders,
  "IDX files with": idxFiles,
  "CIFAR files with": cifars,
  "a zip": zips,
})) {
  describe(what, () => {
    for (const [name, make, says, given] of cases) {
      test(name, async () => {
        expect(await refusal(await make(), given)).toMatch(says);
      });
    }
  });
}

test("skipBad leaves bad pictures out and counts them", async () => {
  const spec = folderOf("skip", {
    "a.png": good,
    "b.png": "x",
    "c.jpg": jpeg.subarray(0, 99),
    "d.png": good,
  });
  const data = await openData({ ...spec, skipBad: true }, request);
  expect([data.count, data.skipped]).toEqual([2, 2]);
});

/** Runs `work` as a user who is not root, for whom permissions count. */
async function unprivileged(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(root, 0o755);
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe.skipIf(process.platform === "win32")("no permission", () => {
  test.each([
    ["for a folder", "locked", 0o000, /locked.*permission denied/],
    ["for a picture", "locked-file/a.png", 0o000, /a\.png.*permission denied/],
  ])("%s", async (_name, path, mode, says) => {
    const spec = folderOf(path.split("/")[0] as string, { "a.png": good });
    mkdirSync(cacheDir, { recursive: true });
    chmodSync(cacheDir, 0o777);
    chmodSync(at(path), mode);
    await unprivileged(async () => expect(await refusal(spec)).toMatch(says));
    chmodSync(at(path), 0o755);
  });

  test("for the cache folder", async () => {
    const spec = folderOf("fine", { "a.png": good });
    mkdirSync(at("sealed"), { mode: 0o555 });
    await unprivileged(async () => {
      const message = await refusal(spec, { cacheDir: at("sealed/cache") });
      expect(message).toMatch(/cache folder.*permission denied/);
    });
  });

  test("a cache folder that is a file", async () => {
    const spec = folderOf("fine2", { "a.png": good });
    const message = await refusal(spec, { cacheDir: put(at("plain-file"), "x") });
    expect(message).toMatch(/cache folder .*plain-file/);
  });
});

describe("a --data argument", () => {
  const refused = (given: string): string => {
    try {
      inferData(given);
    } catch (error) {
      expect(error).toBeInstanceOf(GansmithError);
      return (error as GansmithError).message;
    }
    throw new Error(`${given} was accepted`);
  };
  test("that is nothing known", () => {
    expect(refused("fashon-mnist")).toMatch(/Did you mean "fashion-mnist"/);
    expect(refused(at("nowhere"))).toMatch(/does not exist, expected a folder of pictures/);
    expect(refused(put(at("n.txt"), "x"))).toMatch(/not data that gansmith can read/);
    expect(refused(put(at("p.png"), good))).toMatch(/one picture/);
    expect(refused("")).toMatch(/unknown data set ""/);
  });
});

test("a pipe named .png is not waited for", async () => {
  const spec = folderOf("pipe", { "a.png": good });
  execFileSync("mkfifo", [at("pipe/b.png")]);
  expect((await openData(spec, request)).count).toBe(1);
});

describe("mutated files load or are refused, and leave nothing half-written", async () => {
  const classFolder = await zipBytes({
    "0/a.png": good,
    "1/b.jpg": jpeg,
    "dataset.json": '{"labels": [["0/a.png", 0], ["1/b.jpg", 1]]}',
  });
  const files: Readonly<Record<string, [Uint8Array, (path: string) => DataSpec]>> = {
    "m.png": [good, () => ({ name: "folder", path: at("mutant"), testShare: 0 })],
    "m.jpg": [jpeg, () => ({ name: "folder", path: at("mutant"), testShare: 0 })],
    "m.webp": [
      await picture("webp", { width: 40, height: 24 }),
      () => ({ name: "folder", path: at("mutant"), testShare: 0 }),
    ],
    "m.gif": [await picture("gif"), () => ({ name: "folder", path: at("mutant"), testShare: 0 })],
    "m.zip": [classFolder, (path) => ({ name: "zip", path, testShare: 0 })],
    "m-images-idx3-ubyte": [ten, (path) => ({ name: "idx", path, testShare: 0 })],
    "m-images-idx3-ubyte.gz": [gzipSync(ten), (path) => ({ name: "idx", path, testShare: 0 })],
    "m.bin": [new Uint8Array(3 * 3073), (path) => ({ name: "cifar", path, testShare: 0 })],
  };
  test.each(Object.entries(files))("%s", async (name, [bytes, specOf]) => {
    const random = new Random(7, `mutate/${name}`);
    const path = at("mutant", name);
    for (let round = 0; round < 60; round++) {
      const mutant = Buffer.from(
        random.uniform() < 0.3 ? bytes.subarray(0, random.below(bytes.length)) : bytes,
      );
      const flips = mutant.length === 0 ? 0 : random.below(5);
      // Headers are where parsers go wrong: half of the flips fall there.
      for (let f = 0; f < flips; f++) {
        const place = random.below(
          random.uniform() < 0.5 ? Math.min(64, mutant.length) : mutant.length,
        );
        mutant[place] = random.below(256);
      }
      rmSync(at("mutant"), { recursive: true, force: true });
      put(path, mutant);
      try {
        const data = await openData(specOf(path), request);
        const out = new Float32Array(data.channels * data.size ** 2);
        for (let i = 0; i < data.count; i++) data.read([i], out);
        expect(out.every((v) => v >= -1 && v <= 1)).toBe(true);
        data.close();
      } catch (error) {
        if (!(error instanceof GansmithError)) {
          throw new Error(`round ${round}: ${String(error)}`, { cause: error });
        }
      }
      expect(leftovers()).toEqual([]);
    }
  });
});
