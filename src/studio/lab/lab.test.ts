import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { Hono } from "hono";
import sharp from "sharp";
import { expect, test } from "vitest";
import { picture, put, temporaryFolder } from "../../../test/support/picture-files.ts";
import { decodeImage } from "../../data/decode-image.ts";
import { openData } from "../../data/index.ts";
import { mnistFiles } from "../../data/sources/mnist.ts";
import { decodeModel } from "../../onnx/model.ts";
import type { RunConfig } from "../../recipes/index.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { CheckpointStore } from "../../train/run-folder/checkpoint.ts";
import { readEvents } from "../../train/run-folder/events.ts";
import { summarize } from "../../train/run-folder/scalar-accumulator.ts";
import { resume } from "../../train/train.ts";
import { dataRoutes } from "../server/data-routes.ts";
import { dataOfRun, idxData, installedData, type LabData, pictureData } from "./lab-data.ts";
import { LabSession } from "./lab-session.ts";
import { labConfig } from "./lab-settings.ts";
import { encodePlanes } from "./png.ts";
import { filesOfRun, readRun } from "./run-files.ts";

const folder = temporaryFolder();
const shape = { size: 28 };
const tiny = { width: 2, batch: 4, regularizers: [{ name: "r1", gamma: 1 }] };
const decode = (bytes: Uint8Array, size: number) =>
  decodeImage(bytes, { size, fit: "crop", background: "#ffffff", kernel: "auto" });

/** 256 digits, as the server sends them. */
async function digits(): Promise<LabData> {
  const app = new Hono().route("/", dataRoutes());
  const answer = await app.request("/data/mnist?size=28&limit=256");
  expect(answer.status).toBe(200);
  const message = new Uint8Array(await answer.arrayBuffer());
  return installedData({ name: "mnist", limit: 256 }, message);
}

/** Every loss is written down, and no doctor looks on. */
function quick(data: LabData): RunConfig {
  return { ...labConfig(tiny, data), logEverySteps: 1, health: false, metrics: [] };
}

/** Unpacks a zip as `unzip` does; returns the run folder. */
function unpack(zip: Uint8Array, into: string): string {
  const entries = Object.entries(unzipSync(zip));
  for (const [path, bytes] of entries) put(join(folder, into, path), bytes);
  return join(folder, into, (entries[0] as [string, Uint8Array])[0].split("/")[0] as string);
}

const lossesAfter = (run: string, step: number) =>
  readEvents(join(run, "events.jsonl")).flatMap((e) =>
    e.type === "scalars" && e.step > step
      ? [["d.loss", "g.loss"].map((name) => summarize(e.values[name] as never).mean)]
      : [],
  );

async function play(session: LabSession, steps: number): Promise<number[][]> {
  const losses: number[][] = [];
  for (let i = 0; i < steps; i++) {
    const all = await session.advance();
    losses.push(["d.loss", "g.loss"].map((name) => all.get(name) as number));
  }
  return losses;
}

function filesIn(run: string): { name: string; bytes: Uint8Array }[] {
  return readdirSync(run, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile()
      ? [{ name: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }]
      : [],
  );
}

test("the server's images and IDX files are the data set that Node trains on", async () => {
  const request = { size: 28, split: "train" } as const;
  const ours = await openData({ name: "mnist", limit: 256 }, request);
  const { images } = await digits();
  expect(images.fingerprint).toBe(ours.fingerprint);
  const two = [new Float32Array(784), new Float32Array(784)] as const;
  ours.read([17], two[0]);
  images.read([17], two[1]);
  expect(two[1]).toEqual(two[0]);
  expect(images.labelOf(17)).toBe(ours.labelOf(17));
  ours.close();

  // The test images' files: a sixth of the others.
  const { images: path, labels } = mnistFiles("test", "mnist");
  const given = [labels, path].map((name) => ({ name, bytes: readFileSync(name) }));
  const gzip = new Blob([given[1]?.bytes as never])
    .stream()
    .pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(gzip).arrayBuffer());
  const page = await idxData([given[0] as never, { name: "images.gz", bytes: packed }], {
    size: 32,
  });
  const node = await openData({ name: "mnist" }, { size: 32, split: "test" });
  expect(page.images.fingerprint).toBe(node.fingerprint);
  expect(page.images.classes).toEqual(node.classes);
  node.close();
}, 120_000);

test("what is no data set of a package is not served", async () => {
  const app = new Hono().route("/", dataRoutes());
  app.onError((error, c) => c.text(error.message, 400));
  const list = (await (await app.request("/data")).json()) as { name: string }[];
  expect(list.map(({ name }) => name)).toContain("mnist");
  const answer = await app.request("/data/folder?path=/etc");
  expect(await answer.text()).toContain('no installed data set "folder"');
  expect((await app.request("/data/mnist?size=2")).status).toBe(400);
});

test.for([1, 3] as const)("a PNG of %i planes is what was put in", async (channels) => {
  const planes = Uint8Array.from({ length: channels * 6 * 5 }, (_, i) => (i * 37) % 256);
  const png = encodePlanes(planes, { channels, width: 6, height: 5 });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const seen = Uint8Array.from(planes, (_, i) => {
    return data[(i % 30) * info.channels + Math.floor(i / 30)] as number;
  });
  expect(info).toMatchObject({ width: 6, height: 5 });
  expect(seen).toEqual(planes);
});

test("a run of the lab goes on in Node, and Node's in the lab, as if it had never moved", async () => {
  const data = await digits();
  const backend = cpuBackend({ threads: 1 });
  const session = await LabSession.create({
    config: { ...quick(data), threads: 1 },
    data,
    backend,
  });
  await play(session, 3);
  const run = unpack(await session.exportRun(), "lab");
  expect(new CheckpointStore(join(run, "checkpoints")).latest()?.warnings).toEqual([]);
  const here = await play(session, 5);
  await session.release();
  await resume(run, { length: { steps: 8 } });
  expect(lossesAfter(run, 3)).toEqual(here);
  expect(readEvents(join(run, "events.jsonl"))[0]?.type).toBe("start");

  const from = readRun(filesOfRun(filesIn(run)));
  expect(from.checkpoint.step).toBe(8);
  const again = await LabSession.create({ config: from.config, data, backend, from });
  const there = await play(again, 2);
  await resume(run, { length: { steps: 10 } });
  expect(lossesAfter(run, 8)).toEqual(there);
  const model = decodeModel(await again.exportOnnx());
  expect(model.graph.outputs[0]?.name).toBe("images");
  expect((await again.grid()).pixels.length).toBe(64 * 784);
  await again.release();
}, 120_000);

test("pictures of one's own are in the zip, and Node trains on them", async () => {
  const given = await Promise.all(
    [1, 2, 3, 4, 5].map(async (seed) => ({
      name: `${seed}.png`,
      bytes: await picture("png", { width: 40 + seed, height: 36, seed }),
    })),
  );
  const data = await pictureData(given, shape, decode);
  expect(data.images).toMatchObject({ count: 5, channels: 3, size: 28 });
  const backend = cpuBackend({ threads: 1 });
  const session = await LabSession.create({
    config: { ...quick(data), threads: 1 },
    data,
    backend,
  });
  await play(session, 2);
  const zip = await session.exportRun();
  const here = await play(session, 2);
  await session.release();
  const run = unpack(zip, "own");
  expect(readdirSync(join(run, "images"))).toHaveLength(5);
  const done = await resume(run, { length: { steps: 4 } });
  expect(lossesAfter(run, 2)).toEqual(here);
  expect((await done.openData("train")).fingerprint).toBe(data.images.fingerprint);

  const opened = readRun(filesOfRun([{ name: "run.zip", bytes: zip }]));
  const again = await dataOfRun(opened.config.data as never, shape, opened.files, decode);
  expect(again?.images.fingerprint).toBe(data.images.fingerprint);
  const other = { config: opened.config, data: await digits(), backend, from: opened };
  await expect(LabSession.create(other)).rejects.toThrow(/has changed since this run began/);
}, 120_000);

test("what is damaged or no run of images is refused with one sentence", async () => {
  const data = await digits();
  const backend = cpuBackend({ threads: 1 });
  const session = await LabSession.create({ config: quick(data), data, backend });
  const zip = await session.exportRun();
  await session.release();
  const opened = (bytes: Uint8Array) => readRun(filesOfRun([{ name: "run.zip", bytes }]));
  expect(opened(zip).checkpoint.step).toBe(0);
  expect(() => opened(zip.subarray(0, zip.length / 2))).toThrow(/^run\.zip is damaged: .*again\.$/);
  expect(() => opened(Uint8Array.of(1, 2))).toThrow(/no config\.json, expected the zip of a run/);
  const files = unzipSync(zip);
  const [tensors] = Object.keys(files).filter((p) => p.endsWith(".safetensors")) as [string];
  const flipped = Uint8Array.from(files[tensors] as Uint8Array);
  (flipped[flipped.length - 3] as number) ^= 1;
  expect(() => opened(zipSync({ ...files, [tensors]: flipped }))).toThrow(/damaged: its sha256/);
  const { [tensors]: _left, ...less } = files;
  expect(() => opened(zipSync(less))).toThrow(/is missing, which .*json belongs to/);

  const path = join(folder, "run.zip");
  writeFileSync(path, zip);
  await expect(resume(path)).rejects.toThrow(/is a zip of a run: unpack it first/);
  expect(existsSync(join(dirname(path), "run"))).toBe(false);
});
