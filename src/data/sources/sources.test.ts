import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  idxBytes,
  picture,
  put,
  temporaryFolder,
  zipBytes,
} from "../../../test/support/picture-files.ts";
import { openData } from "../index.ts";
import { cifarFiles } from "./cifar.ts";
import { idxFiles } from "./idx.ts";
import { imageZip } from "./image-zip.ts";

const root = temporaryFolder();
const cacheDir = join(root, "cache");
const ramp = (n: number, step = 7): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => (i * step) % 256);

test("a zip with dataset.json gives its labels, and the pictures of the same folder", async () => {
  const pictures = await Promise.all([1, 2, 3, 4].map((seed) => picture("png", { seed })));
  const names = pictures.map((_, i) => `0000${i % 2}/img${i}.png`);
  const entries = Object.fromEntries(names.map((n, i) => [n, pictures[i] as Buffer]));
  const table = { labels: names.map((n, i) => [n, i % 3]) };
  const path = put(
    join(root, "style.zip"),
    await zipBytes({ ...entries, "dataset.json": JSON.stringify(table) }),
  );
  const all = { split: "train", cacheDir } as const;
  const data = await openData(imageZip(path, { testShare: 0 }), all);
  expect([data.count, data.size, data.channels, data.classes]).toEqual([4, 16, 3, ["0", "1", "2"]]);
  expect([0, 1, 2, 3].map((i) => data.labelOf(i))).toEqual([0, 2, 1, 0]);
  for (const n of names) put(join(root, "style", n), entries[n] as Buffer);
  const folder = await openData({ name: "folder", path: join(root, "style"), testShare: 0 }, all);
  const [a, b] = [data, folder].map((d) => {
    const out = new Float32Array(4 * 3 * 256);
    d.read([0, 1, 2, 3], out);
    return [...out];
  });
  expect(a).toEqual(b);
  const bare = put(
    join(root, "bare.zip"),
    await zipBytes({ ...entries, "dataset.json": '{"labels":null}' }),
  );
  const byFolder = await openData(imageZip(bare, { testShare: 0 }), all);
  expect(byFolder.classes).toEqual(["00000", "00001"]);
  expect([0, 1, 2, 3].map((i) => byFolder.labelOf(i))).toEqual([0, 0, 1, 1]);
});

test("IDX files may be gzipped, single, unlabelled and not square", async () => {
  put(join(root, "idx/train-images-idx3-ubyte.gz"), gzipSync(idxBytes([3, 4, 6], ramp(72))));
  put(join(root, "idx/train-labels-idx1-ubyte"), idxBytes([3], Uint8Array.of(2, 0, 1)));
  const data = await openData(idxFiles(join(root, "idx")), { split: "train", cacheDir });
  expect([data.count, data.size, data.classes.length, data.labelOf(0)]).toEqual([3, 4, 3, 2]);
  const out = new Float32Array(16);
  data.read([0], out);
  expect([...out.subarray(0, 4)].map((v) => Math.round((v + 1) * 127.5))).toEqual([7, 14, 21, 28]);
  const single = put(join(root, "single.idx"), idxBytes([20, 4, 4], ramp(320)));
  const train = await openData(idxFiles(single), { split: "train", cacheDir });
  const held = await openData(idxFiles(single), { split: "test", cacheDir });
  expect(train.count + held.count).toBe(20);
  expect(held.count).toBeGreaterThan(0);
  expect(train.labelOf(0)).toBe(-1);
});

test("CIFAR-10 and CIFAR-100 records are read with their labels and names", async () => {
  const record = (labels: readonly number[], step: number): Uint8Array =>
    Buffer.concat([Uint8Array.from(labels), ramp(3072, step)]);
  for (let i = 1; i <= 5; i++) put(join(root, `c10/data_batch_${i}.bin`), record([i], i));
  put(join(root, "c10/test_batch.bin"), Buffer.concat([record([9], 1), record([0], 2)]));
  put(join(root, "c10/batches.meta.txt"), `${[..."abcdefghij"].join("\n")}\n\n`);
  const ten = await openData(cifarFiles(join(root, "c10")), { split: "train", cacheDir });
  expect([ten.count, ten.size, ten.channels, ten.labelOf(2)]).toEqual([5, 32, 3, 3]);
  expect(ten.classes[9]).toBe("j");
  const out = new Float32Array(3072);
  ten.read([1], out);
  expect([...out].map((v) => Math.round((v + 1) * 127.5))).toEqual([...ramp(3072, 2)]);
  put(join(root, "c100/train.bin"), record([19, 99], 3));
  const fine = await openData(cifarFiles(join(root, "c100")), { split: "train", cacheDir });
  expect([fine.labelOf(0), fine.classes.length]).toEqual([99, 100]);
  const coarse = cifarFiles(join(root, "c100"), { labels: "coarse" });
  const rough = await openData(coarse, { split: "train", channels: 1, size: 16, cacheDir });
  expect([rough.labelOf(0), rough.classes.length, rough.channels]).toEqual([19, 20, 1]);
});
