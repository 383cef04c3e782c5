import {
  at,
  type Case,
  describeRefusals,
  emptyFolder,
  good,
  patch,
  zipNamed,
  zipOf,
} from "../support/bad-files.ts";
import { put, zipBytes } from "../support/picture-files.ts";

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

describeRefusals("a zip", zips);
