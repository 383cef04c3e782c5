import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventWriter, readEvents } from "./events.ts";
import type { RunEvent } from "./run-event.ts";
import { ScalarAccumulator, summarize } from "./scalar-accumulator.ts";

let root = "";
let path = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gansmith-events-"));
  path = join(root, "events.jsonl");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function append(...events: RunEvent[]): void {
  const writer = new EventWriter(path);
  for (const event of events) writer.write(event);
  writer.close();
}

const scalars = (step: number): RunEvent => ({
  type: "scalars",
  step,
  kimg: step * 0.064,
  elapsedMs: step * 50,
  values: { D_loss: [2, 1.25, 0.8] },
});

test("events come back in order, with their time", () => {
  const events: RunEvent[] = [
    { type: "start", info: { node: "20" } },
    scalars(10),
    { type: "sample", step: 10, file: "samples/000010.png" },
    { type: "checkpoint", step: 10, file: "checkpoints/000010.json" },
    { type: "metrics", step: 10, metrics: { fid: { value: 3, floor: 1, samples: 100 } } },
    { type: "warning", message: "字\nsecond line" },
    { type: "stop", step: 10, reason: "finished" },
  ];
  append(...events);
  const read = readEvents(path);
  expect(read.map(({ time: _, ...event }) => event)).toEqual(events);
  for (const { time } of read) expect(time).toBeGreaterThan(1.6e12);
  expect(readEvents(join(root, "none"))).toEqual([]);
});

test("a resume supersedes what came after its step, also twice", () => {
  append({ type: "start", info: {} }, scalars(10), scalars(20), scalars(30));
  append({ type: "resume", step: 20, info: {} }, scalars(25), scalars(40));
  append({ type: "resume", step: 25, info: {} }, scalars(28));
  const steps = readEvents(path).map((e) => ("step" in e ? e.step : e.type));
  expect(steps).toEqual(["start", 10, 20, 20, 25, 25, 28]);
});

test("a half last line is not read, and cut by the next writer, wherever the kill struck", () => {
  append({ type: "start", info: {} }, scalars(10), scalars(20));
  const whole = readFileSync(path);
  const lineEnds = [...whole.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
      writeFileSync(path, whole.subarray(0, length));
      const kept = lineEnds.filter((end) => end <= length).length;
      expect(readEvents(path)).toHaveLength(kept);
      append({ type: "resume", step: 0, info: {} });
      expect(readEvents(path).at(-1)).toMatchObject({ type: "resume" });
      expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(kept + 1);
    }),
    { numRuns: 40 },
  );
});

test("damaged lines are passed over and told", () => {
  append({ type: "start", info: {} });
  appendFileSync(
    path,
    'nonsense\nnull\n{"type":"scalars","time":1}\n{"type":"toString","time":1}\n',
  );
  append(scalars(1));
  const damaged: number[] = [];
  const events = readEvents(path, (line) => damaged.push(line));
  expect(events.map((e) => e.type)).toEqual(["start", "scalars"]);
  expect(damaged).toEqual([2, 3, 4, 5]);
});

test("lines wait for a flush, and numbers that JSON cannot hold are refused", () => {
  const writer = new EventWriter(path);
  writer.write(scalars(1));
  writer.flush({ durable: true });
  expect(readEvents(path)).toHaveLength(1);
  expect(() => writer.write({ ...scalars(2), step: Number.NaN } as RunEvent)).toThrow(
    'event "scalars".step must be a finite number',
  );
  writer.close();
  writer.close();
  expect(() => writer.write(scalars(3))).toThrow("closed");
  expect(readEvents(path)).toHaveLength(1);
});

test("a folder in place of the file, or a missing folder, is one clear sentence", () => {
  expect(() => new EventWriter(root)).toThrow("it is a folder, not a file");
  expect(() => new EventWriter(join(root, "none", "x"))).toThrow("it does not exist");
  expect(() => readEvents(root)).toThrow("it is a folder, not a file");
});

test("moments of two stretches add up to those of the whole", () => {
  const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 2 }), (values) => {
      const [first, second, whole] = [0, 1, 2].map(() => new ScalarAccumulator());
      for (const [i, value] of values.entries()) {
        (i === 0 ? first : second)?.add("x", value);
        whole?.add("x", value);
      }
      const a = first?.take().x ?? [0, 0, 0];
      const b = second?.take().x ?? [0, 0, 0];
      const { mean, std } = summarize([a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
      const expected = summarize(whole?.take().x ?? [0, 0, 0]);
      expect(mean).toBeCloseTo(expected.mean, 6);
      expect(std).toBeCloseTo(expected.std, 3);
      expect(mean).toBeCloseTo(values.reduce((x, y) => x + y, 0) / values.length, 6);
    }),
  );
  const accumulator = new ScalarAccumulator();
  expect(accumulator.empty).toBe(true);
  expect(() => accumulator.add("D_loss", Number.NaN)).toThrow("D_loss became NaN");
});

test("an intervention supersedes what came after its step, and is itself never superseded", () => {
  const guard: RunEvent = {
    type: "guard",
    step: 10,
    from: 30,
    illness: "divergence",
    settings: ["optimizer.generator.learningRate=0.0002"],
  };
  append(scalars(10), scalars(20), scalars(30), guard, { type: "resume", step: 10, info: {} });
  append(scalars(20), { type: "resume", step: 0, info: {} });
  expect(readEvents(path).map((e) => e.type)).toEqual(["guard", "resume"]);
});
