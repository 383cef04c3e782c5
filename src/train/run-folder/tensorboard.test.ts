import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GansmithError } from "../../util/errors.ts";
import { decodeMessage } from "../../util/protobuf.ts";
import { EVENT_SCHEMA, TensorBoardWriter } from "./tensorboard.ts";
import { crc32c, encodeRecord, scanRecords } from "./tfrecord.ts";

interface Event {
  wallTime: number;
  step?: number;
  fileVersion?: string;
  summary?: {
    value: {
      tag: string;
      simpleValue?: number;
      image?: { height: number; width: number; colorspace: number; encoded: Uint8Array };
      tensor?: {
        dtype: number;
        tensorShape: { dim: { size: number }[] };
        stringVal: Uint8Array[];
      };
      metadata?: { pluginData: { pluginName: string } };
    }[];
  };
  sessionLog?: { status: number };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gansmith-tb-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): Event[] {
  const { records, end } = scanRecords(readFileSync(path));
  expect(end).toBe("whole");
  return records.map((record) => decodeMessage<Event>(EVENT_SCHEMA, record));
}

function scalarsOf(events: Event[]): [string, number, number][] {
  return events.flatMap((e) =>
    (e.summary?.value ?? []).map((v): [string, number, number] => [
      v.tag,
      v.simpleValue ?? Number.NaN,
      e.step ?? 0,
    ]),
  );
}

/** A file with scalars at steps 1, 2 and 3. */
function writeThree(): string {
  const writer = new TensorBoardWriter(folder);
  for (const step of [1, 2, 3]) writer.scalar("loss", step / 2, step);
  writer.close();
  return writer.path;
}

describe("records", () => {
  test("crc32c gives the published check values (RFC 3720, B.4)", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  });

  test("are read back, cut at any byte or damaged at any byte", () => {
    const list = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(list, fc.nat(), fc.integer({ min: 1, max: 255 }), (data, where, flip) => {
        const bytes = Uint8Array.from(data.flatMap((d) => [...encodeRecord(d)]));
        expect(scanRecords(bytes)).toEqual({
          soundBytes: bytes.length,
          end: "whole",
          records: data,
        });
        const at = where % bytes.length;
        const cut = scanRecords(bytes.subarray(0, at));
        expect(cut.end).toBe(cut.soundBytes === at ? "whole" : "cut");
        expect(cut.records).toEqual(data.slice(0, cut.records.length));
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const damaged = scanRecords(bytes);
        expect(damaged.end).toBe("damaged");
        expect(damaged.soundBytes).toBeLessThanOrEqual(at);
      }),
    );
  });
});

describe("writes", () => {
  test("scalars in order after the version", () => {
    const writer = new TensorBoardWriter(folder);
    writer.scalar("loss/generator", 0.5, 1);
    writer.scalars({ a: 1, b: -2 }, 2 ** 40);
    writer.scalars({}, 3);
    writer.close();
    writer.close();
    const events = read(writer.path);
    expect(events[0]?.fileVersion).toBe("brain.Event:2");
    expect(scalarsOf(events)).toEqual([
      ["loss/generator", 0.5, 1],
      ["a", 1, 2 ** 40],
      ["b", -2, 2 ** 40],
    ]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("pictures with their size and channels", async () => {
    const png = await sharp({
      create: { width: 5, height: 3, channels: 3, background: "red" },
    })
      .png({ palette: false })
      .toBuffer();
    const writer = new TensorBoardWriter(folder);
    writer.image("samples", png, 7);
    writer.close();
    const { image } = read(writer.path)[1]?.summary?.value[0] ?? {};
    expect(image).toMatchObject({ width: 5, height: 3, colorspace: 3 });
    expect(Buffer.compare(image?.encoded ?? new Uint8Array(), png)).toBe(0);
  });

  test("texts as strings of the text page", () => {
    const writer = new TensorBoardWriter(folder);
    writer.texts("samples", ["the sea", "春眠\n不覺曉"], 3);
    writer.close();
    const { tensor, metadata } = read(writer.path)[1]?.summary?.value[0] ?? {};
    expect(metadata?.pluginData.pluginName).toBe("text");
    expect(tensor).toMatchObject({ dtype: 7, tensorShape: { dim: [{ size: 2 }] } });
    const strings = tensor?.stringVal.map((bytes) => Buffer.from(bytes).toString("utf8"));
    expect(strings).toEqual(["the sea", "春眠\n不覺曉"]);
  });

  test("nothing is held back after a flush", () => {
    const writer = new TensorBoardWriter(folder);
    writer.scalar("loss", 1, 1);
    writer.flush({ durable: true });
    expect(scalarsOf(read(writer.path))).toEqual([["loss", 1, 1]]);
    writer.close();
    expect(() => writer.scalar("loss", 1, 2)).toThrow(/closed/);
  });
});

describe("resume", () => {
  test("continues the file and tells readers from which step on", () => {
    const path = writeThree();
    const writer = new TensorBoardWriter(folder, { resumeStep: 2 });
    writer.scalar("loss", 9, 3);
    writer.close();
    expect(writer.path).toBe(path);
    const events = read(path);
    expect(events.filter((e) => e.fileVersion)).toHaveLength(1);
    expect(events.find((e) => e.sessionLog)).toMatchObject({ step: 3, sessionLog: { status: 1 } });
    expect(scalarsOf(events).at(-1)).toEqual(["loss", 9, 3]);
  });

  test("cuts a record that a kill left short, at any byte", () => {
    const path = writeThree();
    const whole = readFileSync(path);
    const { records } = scanRecords(whole);
    const last = encodeRecord(records.at(-1) ?? new Uint8Array()).length;
    for (let missing = 1; missing < last; missing++) {
      writeFileSync(path, whole);
      truncateSync(path, whole.length - missing);
      const writer = new TensorBoardWriter(folder, { resumeStep: 2 });
      writer.scalar("loss", 8, 3);
      writer.close();
      expect(scalarsOf(read(path)).map(([, v]) => v)).toEqual([0.5, 1, 8]);
    }
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("leaves a damaged file alone and starts a later one", () => {
    const path = writeThree();
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const writer = new TensorBoardWriter(folder, { resumeStep: 3 });
    writer.close();
    expect(writer.path > path).toBe(true);
    expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
    expect(read(writer.path)[0]?.fileVersion).toBe("brain.Event:2");
  });

  test("a file with text after its records counts as damaged", () => {
    const path = writeThree();
    appendFileSync(path, "this is no record");
    const writer = new TensorBoardWriter(folder);
    writer.close();
    expect(writer.path).not.toBe(path);
  });
});

describe("refuses", () => {
  test.each<[string, (w: TensorBoardWriter) => void, RegExp]>([
    ["an empty tag", (w) => w.scalar("", 1, 1), /tag must not be empty/],
    ["a negative step", (w) => w.scalar("a", 1, -1), /step must be/],
    ["a fractional step", (w) => w.scalar("a", 1, 0.5), /received 0.5/],
    ["a JPEG", (w) => w.image("a", Uint8Array.of(0xff, 0xd8, 0xff), 1), /PNG/],
  ])("%s", (_, act, message) => {
    const writer = new TensorBoardWriter(folder);
    expect(() => act(writer)).toThrow(message);
    expect(() => act(writer)).toThrow(GansmithError);
    writer.close();
  });

  test("a folder that is a file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(() => new TensorBoardWriter(path)).toThrow(GansmithError);
  });
});
