import { expect, test } from "vitest";
import type { StoredEvent } from "../../train/run-folder/run-event.ts";
import { configDifferences } from "./config-differences.ts";
import { aligned, chartGroups, curvesOf, headlineOf } from "./curves.ts";
import { stateOf, summarizeEvents } from "./summarize-events.ts";

const events: StoredEvent[] = [
  { type: "start", time: 1, info: {} },
  { type: "sample", time: 2, step: 0, file: "samples/000000.png" },
  {
    ...{ type: "scalars", time: 3, step: 10, kimg: 1, elapsedMs: 5, progress: 0.25 },
    values: { "d.loss": [2, 3, 5], "g.loss": [1, 7, 49], nll: [4, 2, 1] },
  },
  {
    ...{ type: "scalars", time: 4, step: 20, kimg: 2, elapsedMs: 9, progress: 0.5 },
    values: { "d.loss": [1, 4, 16] },
  },
  { type: "metrics", time: 5, step: 20, metrics: { fid: { value: 9, floor: 1 }, note: "x" } },
  { type: "metrics", time: 6, step: 20, metrics: { fid: { value: 8, floor: 1 } } },
];

test("curves are means by step; a later judgement of the same step stands", () => {
  const curves = curvesOf(events);
  expect(curves.get("d.loss")).toEqual({ steps: [10, 20], values: [1.5, 4] });
  expect(curves.get("metrics/fid")).toEqual({ steps: [20], values: [8] });
  expect([...curves.keys()]).toEqual(["d.loss", "g.loss", "nll", "metrics/fid"]);
});

test("curves of different steps share one axis, with gaps", () => {
  const a = { steps: [1, 3], values: [10, 30] };
  const b = { steps: [2, 3], values: [5, 6] };
  expect(aligned([a, b])).toEqual([
    [1, 2, 3],
    [10, null, 30],
    [null, 5, 6],
  ]);
});

test("every curve is in one chart; losses come first", () => {
  const names = [
    "health/coverage",
    "nll",
    "g.loss",
    "health/penalty.d.r1",
    "d.loss",
    "d.realLogit",
  ];
  const groups = chartGroups(names);
  expect(groups[0]).toEqual({ id: "losses", names: ["g.loss", "d.loss"] });
  expect(groups.flatMap((g) => g.names).sort()).toEqual([...names].sort());
});

test("a summary is of the latest of everything", () => {
  const summary = summarizeEvents(events);
  expect(summary).toMatchObject({
    ...{ step: 20, kimg: 2, elapsedMs: 9, progress: 0.5, lastEvent: 6 },
    ...{ sample: "samples/000000.png", scalars: { "d.loss": 4 }, metrics: { fid: { value: 8 } } },
  });
  expect(headlineOf(summary)).toEqual([["fid", 8]]);
  expect(headlineOf({ scalars: { nll: 1, "g.loss": 2 } })).toEqual([
    ["g.loss", 2],
    ["nll", 1],
  ]);
});

test("the state: held, ended, or killed", () => {
  const end = (reason: "finished" | "interrupted" | "failed"): StoredEvent[] => [
    ...events,
    { type: "stop", time: 7, step: 20, reason },
  ];
  const resumed: StoredEvent = { type: "resume", time: 8, step: 20, info: {} };
  expect(stateOf(events, true)).toBe("running");
  expect(stateOf(events, false)).toBe("stopped");
  expect(stateOf([], false)).toBe("stopped");
  expect(stateOf(end("interrupted"), false)).toBe("stopped");
  expect(stateOf(end("finished"), false)).toBe("finished");
  expect(stateOf(end("failed"), false)).toBe("failed");
  expect(stateOf([...end("finished"), resumed], false)).toBe("stopped");
});

test("differences of configurations, by the path that --set takes", () => {
  const a = { batch: 8, model: { name: "mlp", latent: 4 }, list: [] };
  const b = { batch: 8, model: { name: "dcgan" }, list: [{ gamma: 1 }] };
  expect(configDifferences([a, b])).toEqual([
    { path: "model.name", values: ["mlp", "dcgan"] },
    { path: "model.latent", values: [4, undefined] },
    { path: "list", values: [[], undefined] },
    { path: "list.0.gamma", values: [undefined, 1] },
  ]);
  expect(configDifferences([a, a, a])).toEqual([]);
});
