import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/picture-files.ts";
import { GansmithError } from "../util/errors.ts";
import type { DecodePlan } from "./decode-plan.ts";
import { openImageCache } from "./image-cache.ts";
import { openCached } from "./open-cached.ts";

const folder = temporaryFolder();
let built = 0;

function plan(count: number, options: Partial<DecodePlan> = {}): () => Promise<DecodePlan> {
  return async () => {
    built++;
    return {
      count,
      channels: 1,
      size: 4,
      classes: ["a", "b"],
      labelOf: (i) => i % 2,
      decode: (i) => Uint8Array.from({ length: 16 }, (_, k) => (i * 16 + k) % 256),
      ...options,
    };
  };
}
const request = { split: "train", cacheDir: folder } as const;

test("gives back pixels in [-1, 1] and labels, from the cache the second time", async () => {
  const id = { name: "twice", split: "train", key: 1 } as const;
  const first = await openCached(id, request, plan(40));
  const before = built;
  const again = await openCached(id, request, plan(40));
  expect(built).toBe(before);
  expect(again.fingerprint).toBe(first.fingerprint);
  fc.assert(
    fc.property(fc.array(fc.nat(39), { maxLength: 9 }), (indices) => {
      const out = new Float32Array(indices.length * 16);
      again.read(indices, out);
      const bytes = [...out].map((v) => Math.round((v + 1) * 127.5));
      expect(bytes).toEqual(
        indices.flatMap((i) => Array.from({ length: 16 }, (_, k) => (i * 16 + k) % 256)),
      );
      expect(indices.map((i) => again.labelOf(i))).toEqual(indices.map((i) => i % 2));
    }),
  );
  again.close();
  expect(() => again.read([0], new Float32Array(16))).toThrow("closed");
  expect(() => first.read([40], new Float32Array(16))).toThrow("from 0 to 39, received 40");
  expect(() => first.read([0], new Float32Array(15))).toThrow("need 16 floats, received 15");
});

test("any flipped byte and any cut is noticed, and the file is made again", async () => {
  const id = { name: "flip", split: "train", key: 1 } as const;
  const sound = await openCached(id, request, plan(5));
  const path = sound.cachePath;
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at++) {
    const bad = Buffer.from(bytes);
    bad[at] = (bad[at] as number) ^ (1 << (at % 8));
    writeFileSync(path, bad);
    expect(() => openImageCache(path), `byte ${at}`).toThrow(GansmithError);
  }
  for (let length = 0; length < bytes.length; length += 7) {
    writeFileSync(path, bytes.subarray(0, length));
    expect(() => openImageCache(path), `length ${length}`).toThrow(GansmithError);
  }
  writeFileSync(path, Buffer.concat([bytes, Buffer.from([0])]));
  const before = built;
  const repaired = await openCached(id, request, plan(5));
  expect(built).toBe(before + 1);
  expect(repaired.fingerprint).toBe(sound.fingerprint);
  expect(readFileSync(path)).toEqual(bytes);
});

test("builders at the same time both succeed and leave one whole file", async () => {
  const id = { name: "race", split: "train", key: 1 } as const;
  const slow = plan(30, {
    decode: async (i) => {
      await new Promise((done) => setTimeout(done, 1));
      return new Uint8Array(16).fill(i);
    },
  });
  const all = await Promise.all([1, 2, 3].map(() => openCached(id, request, slow)));
  expect(new Set(all.map((d) => d.fingerprint)).size).toBe(1);
  expect(openImageCache(all[0]?.cachePath ?? "").count).toBe(30);
  expect(readdirSync(folder).filter((n) => n.endsWith(".tmp"))).toEqual([]);
});

test("left-out images are counted; labels follow their images", async () => {
  const id = { name: "skip", split: "train", key: 1 } as const;
  const data = await openCached(
    id,
    request,
    plan(9, { decode: (i) => (i % 3 === 0 ? undefined : new Uint8Array(16).fill(i)) }),
  );
  expect([data.count, data.skipped]).toEqual([6, 3]);
  expect(Array.from({ length: 6 }, (_, i) => data.labelOf(i))).toEqual([1, 0, 0, 1, 1, 0]);
  await expect(
    openCached({ ...id, key: 2 }, request, plan(3, { decode: () => undefined })),
  ).rejects.toThrow("none of its 3 train images can be read");
});

test("a failure and a stop leave nothing behind; progress is told", async () => {
  const id = { name: "stop", split: "train", key: 1 } as const;
  const failing = plan(9, {
    decode: (i) => {
      if (i === 5) throw new GansmithError("data", "image 5 is bad");
      return new Uint8Array(16);
    },
  });
  await expect(openCached(id, request, failing)).rejects.toThrow("image 5 is bad");
  const control = new AbortController();
  const seen: number[] = [];
  const stopped = openCached(
    id,
    {
      ...request,
      signal: control.signal,
      onProgress: (done, total) => {
        expect(total).toBe(9);
        seen.push(done);
        if (done === 3) control.abort();
      },
    },
    plan(9),
  );
  await expect(stopped).rejects.toThrow("was stopped");
  expect(seen).toEqual([1, 2, 3]);
  expect(readdirSync(folder).filter((n) => /stop|tmp/.test(n))).toEqual([]);
});

test("a stop while the images are looked through is told as one", async () => {
  const control = new AbortController();
  control.abort();
  const stopped = openCached(
    { name: "stop2", split: "train", key: 1 },
    { ...request, signal: control.signal },
    async () => {
      control.signal.throwIfAborted();
      return plan(1)();
    },
  );
  await expect(stopped).rejects.toThrow(GansmithError);
});
