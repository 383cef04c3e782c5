import { expect, test } from "vitest";
import { checkConfig, recipeByName } from "../../recipes/index.ts";
import type { RunEvent, StoredEvent } from "../run-folder/run-event.ts";
import { pendingIntervention, resumed } from "./interventions.ts";

const config = checkConfig({ recipe: "mlp", ...recipeByName("mlp").config });
const stored = (...events: RunEvent[]): StoredEvent[] => events.map((e) => ({ ...e, time: 1 }));
const guard: RunEvent = {
  type: "guard",
  step: 10,
  from: 30,
  illness: "divergence",
  settings: ["optimizer.generator.learningRate=0.00002"],
};

test("an intervention is pending until the run goes on", () => {
  const start: RunEvent = { type: "start", info: {} };
  const stop: RunEvent = { type: "stop", step: 30, reason: "failed" };
  expect(pendingIntervention(stored(start))).toBeUndefined();
  expect(pendingIntervention(stored(start, guard, stop))).toMatchObject({ step: 10 });
  const resume: RunEvent = { type: "resume", step: 10, info: {} };
  expect(pendingIntervention(stored(start, guard, resume))).toBeUndefined();
});

test("its settings are applied, and applied again change nothing", () => {
  const [pending] = stored(guard) as [StoredEvent & typeof guard];
  const job = { kind: "resume", path: "x" } as const;
  const once = resumed(config, job, pending);
  expect(once.optimizer.generator.learningRate).toBe(0.00002);
  expect(resumed(once, job, pending)).toEqual(once);
});

test("resuming may set the guard, and leaves all else", () => {
  const job = { kind: "resume", path: "x", guard: true } as const;
  expect(resumed(config, job, undefined)).toEqual({
    ...config,
    health: { everyKimg: 8, guard: true },
  });
});
