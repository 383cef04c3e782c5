import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { CheckpointStore } from "../src/train/index.ts";
import { Random } from "../src/util/random.ts";
import { gansmith, pictureFolder, tinyGame } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const flips = 150;
const cwd = temporaryFolder();
let checkpoints: string[] = [];

beforeAll(async () => {
  const game = tinyGame(await pictureFolder(join(cwd, "pictures")));
  const every = ["--set", "checkpointEverySteps=2", "--steps", "4", "--out", "run"];
  expect((await gansmith(cwd, ["train", ...game, ...every])).code).toBe(0);
  const wide = ["--set", "model.latent=5", "--steps", "4", "--out", "wide"];
  expect((await gansmith(cwd, ["train", ...game, ...wide])).code).toBe(0);
  checkpoints = readdirSync(join(cwd, "run", "checkpoints")).sort();
});

test("any flipped byte of the last checkpoint is noticed, and the one before is taken", () => {
  const random = new Random(1, "flips");
  const folder = join(cwd, "run", "checkpoints");
  const last = checkpoints.filter((name) => name.startsWith("000004"));
  expect(last).toHaveLength(2);
  for (const name of last) {
    const path = join(folder, name);
    const good = readFileSync(path);
    for (let i = 0; i < flips; i++) {
      const bad = Buffer.from(good);
      const place = random.below(bad.length);
      bad[place] = (bad[place] as number) ^ (1 << random.below(8));
      writeFileSync(path, bad);
      const found = new CheckpointStore(folder).latest();
      expect(found?.step, `${name}, byte ${place}`).toBe(2);
      expect(found?.warnings.join()).toMatch(/damaged|does not match|not a/);
    }
    writeFileSync(path, good);
  }
  expect(new CheckpointStore(folder).latest()).toMatchObject({ step: 4, warnings: [] });
});

test("a run goes on from the checkpoint before, and says so", async () => {
  cpSync(join(cwd, "run"), join(cwd, "hurt"), { recursive: true });
  const name = checkpoints.find((file) => /^000004.*safetensors$/.test(file)) as string;
  const path = join(cwd, "hurt", "checkpoints", name);
  writeFileSync(path, readFileSync(path).subarray(0, -9));
  const resumed = await gansmith(cwd, ["resume", "hurt", "--steps", "6", "--json"]);
  expect(resumed.code).toBe(0);
  expect(resumed.lines).toContainEqual(
    expect.objectContaining({ type: "warning", message: expect.stringContaining(name) }),
  );
  expect(resumed.lines).toContainEqual(expect.objectContaining({ type: "start", step: 2 }));
  expect(resumed.last).toMatchObject({ type: "result", step: 6 });
});

test("a checkpoint of another model is refused by name", async () => {
  rmSync(join(cwd, "run", "checkpoints"), { recursive: true });
  cpSync(join(cwd, "wide", "checkpoints"), join(cwd, "run", "checkpoints"), { recursive: true });
  const { code, stderr } = await gansmith(cwd, ["resume", "run", "--steps", "8", "--json"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/generator\/fc0\/weight.*\[256,4\].*\[256,5\]|another model/);
});
