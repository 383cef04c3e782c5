import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkConfig, recipeByName, withSetting } from "../recipes/index.ts";
import type { Checkup } from "./checkup.ts";
import { diagnose, illnesses } from "./diagnose.ts";

const folder = "test/fixtures/health";
const config = checkConfig({ recipe: "mlp", ...recipeByName("mlp").config });

/** Checkups of a real run; `made` says how it was made. */
function recorded(file: string): readonly Checkup[] {
  const { history } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  return history as readonly Checkup[];
}

/** What is said after each checkup of a history. */
function said(history: readonly Checkup[]): (string | undefined)[] {
  return history.map((_, i) => diagnose(history.slice(0, i + 1), config)?.illness);
}

const files = readdirSync(folder);
const healthy = files.filter((f) => f.startsWith("healthy"));
const ill = files.filter((f) => !healthy.includes(f));

test("there is a recorded run of every illness, and healthy ones", () => {
  expect(ill.map((f) => f.replace(".json", "")).sort()).toEqual(
    illnesses.map((i) => i.name).sort(),
  );
  expect(healthy.length).toBeGreaterThanOrEqual(4);
});

test.each(ill)("%s is the first thing that is said of its run", (file) => {
  const first = said(recorded(file)).find((name) => name !== undefined);
  expect(first).toBe(file.replace(".json", ""));
});

test.each(healthy)("%s: nothing is said", (file) => {
  expect(said(recorded(file)).filter((name) => name !== undefined)).toEqual([]);
});

test.each(illnesses.map((i) => [i.name, i] as const))("%s: its cure is a valid change", (_, i) => {
  let before: unknown = { ...config, discriminatorSteps: 5, generatorSteps: 5 };
  for (let times = 0; times < 3; times++) {
    const settings = i.cure(checkConfig(before), times);
    const after = checkConfig(settings.reduce<unknown>(withSetting, before));
    expect(after, `time ${times}`).not.toEqual(before);
    before = after;
  }
});

test("a finding is one sentence with figures, and says which settings to change", () => {
  const history = recorded("overpowering-generator.json");
  const findings = history.map((_, i) => diagnose(history.slice(0, i + 1), config));
  const first = findings.find((f) => f !== undefined);
  expect(first).toMatchObject({ step: 198, since: 83, settings: expect.any(Array) });
  expect(first?.sentence).toMatch(/^over 4 checkups the discriminator ranked .* %.*--set '.*'\.$/);
});
