import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { NamedTensor } from "../../onnx/safetensors.ts";
import type { JsonValue } from "../../util/json.ts";
import { CheckpointStore } from "./checkpoint.ts";
import { type Checkpoint, matchTensors } from "./checkpoint-content.ts";

let root = "";
let store: CheckpointStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gansmith-checkpoint-"));
  store = new CheckpointStore(root);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function checkpoint(step: number): Checkpoint {
  const tensors = new Map<string, NamedTensor>([
    ["G.0.weight", { dtype: "F32", shape: [2, 3], data: new Float32Array(6).fill(step + 0.1) }],
    ["adam.t", { dtype: "I32", shape: [], data: Int32Array.of(step) }],
    ["z", { dtype: "F64", shape: [2], data: Float64Array.of(Math.PI, -0) }],
  ]);
  return { step, tensors, state: { random: [1, 2, 3, 4294967295], lr: 2e-4, name: "字", n: step } };
}

const steps = () => store.list().map(({ step }) => step);
const tensorFile = (step: number) =>
  join(
    root,
    readdirSync(root).find((n) => n.startsWith(`${step}`.padStart(6, "0")) && n.endsWith("s")) ??
      "",
  );

test("what was saved comes back, to the bit", () => {
  expect(store.latest()).toBeUndefined();
  expect(new CheckpointStore(join(root, "none")).latest()).toBeUndefined();
  const saved = checkpoint(7);
  const path = store.save(saved, { name: "fid", value: 12.5, better: "lower" });
  expect(path).toBe(join(root, "000007.json"));
  const loaded = store.latest();
  expect(loaded).toMatchObject({ step: 7, state: saved.state, warnings: [], path });
  expect(loaded?.metric).toEqual({ name: "fid", value: 12.5, better: "lower" });
  expect(loaded?.tensors).toEqual(saved.tensors);
  expect(Object.is(loaded?.tensors.get("z")?.data[1], -0)).toBe(true);
});

test("any state that JSON can hold comes back, strange keys and all", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const state = JSON.parse(JSON.stringify(value)) as JsonValue;
      store.save({ ...checkpoint(1), state });
      expect(JSON.stringify(store.latest()?.state)).toBe(JSON.stringify(state));
    }),
    { numRuns: 40 },
  );
});

test("state that JSON cannot hold is refused, and nothing is written", () => {
  const save = (state: unknown) => () =>
    store.save({ ...checkpoint(1), state: state as JsonValue });
  expect(save({ adam: { beta: Number.NaN } })).toThrow(
    "checkpoint state.adam.beta must be a finite",
  );
  expect(save([undefined])).toThrow("checkpoint state[0] must be plain JSON");
  expect(save({ when: new Date() })).toThrow("received Date");
  expect(() => store.save({ ...checkpoint(1), step: -1 })).toThrow("whole number >= 0");
  expect(() => new CheckpointStore(root, { keep: 0 })).toThrow("at least 1");
  expect(readdirSync(root)).toEqual([]);
});

test("the latest and the best are kept, the rest goes, tensors included", () => {
  const fids = [9, 4, 8, 7, 6, 5];
  for (const [i, value] of fids.entries()) {
    store.save(checkpoint(i), { name: "fid", value, better: "lower" });
  }
  expect(steps()).toEqual([1, 3, 4, 5]);
  expect(readdirSync(root)).toHaveLength(8);
  expect(store.best()?.step).toBe(1);
  expect(store.latest()?.step).toBe(5);
  expect(store.at(4).step).toBe(4);
  expect(() => store.at(2)).toThrow("there are: 1, 3, 4, 5");
  store.save(checkpoint(6), { name: "accuracy", value: 0.5, better: "higher" });
  expect(store.best()?.step).toBe(6);
  store.save(checkpoint(7));
  expect(store.best()?.step).toBe(6);
});

test("saving the same step again replaces it, and resuming discards what came after", () => {
  for (const step of [1, 2, 3]) store.save(checkpoint(step));
  store.save({ ...checkpoint(2), state: "again", tensors: checkpoint(9).tensors });
  expect(steps()).toEqual([1, 2, 3]);
  expect(readdirSync(root)).toHaveLength(6);
  expect(store.at(2)).toMatchObject({ state: "again" });
  store.discardAfter(2);
  expect(store.latest()?.state).toBe("again");
  expect(readdirSync(root)).toHaveLength(4);
});

test("every flipped byte in any file is found, and the checkpoint before is used", () => {
  store.save(checkpoint(1));
  store.save(checkpoint(2));
  const damaged = readdirSync(root).filter((name) => name.startsWith("000002"));
  expect(damaged).toHaveLength(2);
  for (const name of damaged) {
    const path = join(root, name);
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const bytes = Uint8Array.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          writeFileSync(path, bytes);
          const loaded = store.latest();
          expect(loaded?.step).toBe(1);
          expect(loaded?.warnings).toHaveLength(1);
          expect(loaded?.warnings[0]).toContain(path);
        },
      ),
      { numRuns: 300 },
    );
    writeFileSync(path, whole);
    expect(store.latest()).toMatchObject({ step: 2, warnings: [] });
  }
});

test("a file cut short, emptied, lengthened or gone is found too", () => {
  store.save(checkpoint(1));
  store.save(checkpoint(2));
  const path = tensorFile(2);
  const whole = readFileSync(path);
  for (const bytes of [whole.subarray(0, -1), new Uint8Array(), Buffer.concat([whole, whole])]) {
    writeFileSync(path, bytes);
    expect(store.latest()?.step).toBe(1);
    expect(store.latest()?.warnings[0]).toContain(`it has ${bytes.length} bytes`);
  }
  rmSync(path);
  expect(store.latest()?.warnings[0]).toContain("it does not exist");
  writeFileSync(join(root, "000002.json"), "");
  expect(store.latest()?.warnings[0]).toContain("000002.json is damaged: it is not valid JSON");
  writeFileSync(join(root, "000001.json"), "{}");
  expect(() => store.latest()).toThrow(/no checkpoint in .* can be read.*000002.json.*000001.json/);
});

test("a manifest copied to another step, or that names a file elsewhere, is not believed", () => {
  store.save(checkpoint(1));
  const text = readFileSync(join(root, "000001.json"), "utf8");
  writeFileSync(join(root, "000005.json"), text);
  expect(store.latest()).toMatchObject({ step: 1 });
  expect(store.latest()?.warnings[0]).toContain("its name and its step 1 differ");
});

test("leftovers of a killed writer are removed, other files are not", () => {
  store.save(checkpoint(1));
  writeFileSync(join(root, ".000002.json.77-0.tmp"), "{");
  writeFileSync(join(root, "000002-0123456789abcdef.safetensors"), "half");
  writeFileSync(join(root, "notes.txt"), "mine");
  writeFileSync(join(root, "000003.json"), "damaged");
  writeFileSync(join(root, "000003-0123456789abcdef.safetensors"), "for a person to look at");
  store.cleanUp();
  expect(
    readdirSync(root)
      .sort()
      .filter((n) => !n.startsWith("000001")),
  ).toEqual(["000003-0123456789abcdef.safetensors", "000003.json", "notes.txt"]);
  expect(store.latest()?.step).toBe(1);
});

test("a checkpoint of another model is told apart by names and shapes", () => {
  const { tensors } = checkpoint(1);
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  expect(() => matchTensors(shapes, tensors)).not.toThrow();
  const other = new Map(shapes);
  other.set("G.0.weight", [4, 3]).set("G.0.bias", [4]).delete("z");
  expect(() => matchTensors(other, tensors, "runs/00001-x step 5")).toThrow(
    "runs/00001-x step 5 belongs to another model: G.0.weight is [2,3], expected [4,3]; G.0.bias [4] is missing; z [2] is not in this model; use the recipe",
  );
  const wide = new Map(Array.from({ length: 9 }, (_, i) => [`p${i}`, [1]] as const));
  expect(() => matchTensors(wide, new Map())).toThrow("and 6 more differences");
});
