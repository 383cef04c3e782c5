import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { CheckpointStore } from "../src/train/index.ts";
import { Random } from "../src/util/random.ts";
import { buildProgram, finish, gansmith, pictureFolder, start, tinyGame } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const kills = Number(process.env.KILLS ?? 100);
const steps = 600;
const checkpointEverySteps = 3;
/** Kills strike up to this long after training has begun: about a third of a whole run. */
const withinMs = 700;

const cwd = temporaryFolder();
let game: string[] = [];

beforeAll(async () => {
  buildProgram();
  // All that a checkpoint has to carry: averages, batch statistics, several moves, a penalty.
  const settings = [
    "emaKimg=0.05",
    "generatorSteps=2",
    'regularizers=[{"name":"r1","gamma":1}]',
    `checkpointEverySteps=${checkpointEverySteps}`,
    `length.steps=${steps}`,
  ];
  const data = await pictureFolder(join(cwd, "pictures"), 64);
  game = [...tinyGame(data), ...settings.flatMap((s) => ["--set", s])];
});

/** Every array of the last checkpoint as bytes. */
function arraysOf(run: string): Map<string, Buffer> {
  const found = new CheckpointStore(join(cwd, run, "checkpoints")).latest();
  expect(found).toMatchObject({ step: steps, warnings: [] });
  return new Map(
    [...(found?.tensors ?? [])].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    ]),
  );
}

test(`after ${kills} kills at random instants, the weights are those of a run never killed`, async () => {
  expect((await gansmith(cwd, ["train", ...game, "--out", "whole"])).code).toBe(0);
  const expected = arraysOf("whole");
  expect(expected.size).toBeGreaterThan(50);
  const random = new Random(1, "kills");
  let killed = 0;
  let fromLater = 0;
  for (let chain = 0; killed < kills; chain++) {
    const out = `chain-${chain}`;
    for (let done = false; !done; ) {
      const begun = existsSync(join(cwd, out, "config.json"));
      const child = start(cwd, [
        ...(begun ? ["resume", out] : ["train", ...game, "--out", out]),
        "--json",
      ]);
      const ended = finish(child);
      const training = new Promise<void>((resolve) => {
        child.stdout.on("data", (chunk: Buffer) => {
          if (chunk.includes('"type":"start"')) resolve();
        });
      });
      await Promise.race([ended, training]);
      if (killed < kills) {
        await Promise.race([ended, sleep(random.uniform() * withinMs)]);
        if (child.kill("SIGKILL")) killed++;
      }
      const { code, stderr, lines } = await ended;
      if ((lines[0]?.step as number) > 0) fromLater++;
      // A killed process has no code; any other one has reached the end, perhaps one time before.
      const atEnd = code === 0 || /is done: it has \d+ steps/.test(stderr);
      if (code !== null) expect(atEnd, stderr).toBe(true);
      done = atEnd;
    }
    const arrays = arraysOf(out);
    expect([...arrays.keys()]).toEqual([...expected.keys()]);
    for (const [name, bytes] of expected)
      expect(bytes.equals(arrays.get(name) as Buffer), name).toBe(true);
  }
  // Otherwise every run began anew, and the test showed nothing.
  expect(fromLater).toBeGreaterThan(kills / 2);
});
