import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { openData } from "../../src/data/index.ts";
import {
  at,
  type Case,
  describeRefusals,
  emptyFolder,
  folderOf,
  good,
  jpeg,
  patch,
  request,
} from "../support/bad-files.ts";
import { plain, put } from "../support/picture-files.ts";

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

describeRefusals("a folder", folders);

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

test("a pipe named .png is not waited for", async () => {
  const spec = folderOf("pipe", { "a.png": good });
  execFileSync("mkfifo", [at("pipe/b.png")]);
  expect((await openData(spec, request)).count).toBe(1);
});
