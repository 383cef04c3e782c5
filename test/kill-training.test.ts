import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { CheckpointStore } from "../src/train/index.ts";
import { Random } from "../src/util/random.ts";
import { finish, gansmith, pictureFolder, start } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const kills = Number(process.env.KILLS ?? 100);
const textKills = Number(process.env.KILLS ?? 10);
const steps = 600;
const iterations = 4;
const checkpointEverySteps = 3;
/** Kills strike up to this long after training has begun, of text after the first checkpoint. */
const withinMs = 700;

const cwd = temporaryFolder();
let images: string[] = [];
let text: string[] = [];

beforeAll(async () => {
  // All that a checkpoint has to carry: averages, batch statistics, several moves, a penalty; in networks
  // so small that a kill is as likely to strike while a checkpoint is written.
  const settings = [
    ...[
      "batch=8",
      "threads=1",
      "metrics=[]",
      "pictures=1",
      "model.latent=4",
      "model.baseChannels=2",
    ],
    "emaKimg=0.05",
    "generatorSteps=2",
    'regularizers=[{"name":"r1","gamma":1}]',
    `checkpointEverySteps=${checkpointEverySteps}`,
    `length.steps=${steps}`,
  ];
  const data = await pictureFolder(join(cwd, "pictures"), 64);
  images = ["dcgan", "--data", data, "--size", "28", ...settings.flatMap((s) => ["--set", s])];
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i} of the ${i % 7} poems`);
  writeFileSync(join(cwd, "poems.txt"), lines.join("\n"));
  // Averages, dropout, and a checkpoint after every step, most of them within an iteration.
  const course = [
    ...["length=12", "threads=1", "metrics=[]", "checkpointEverySeconds=0"],
    ...["generator.hidden=16", "generator.embedding=8", `stages.0.iterations=${iterations}`],
    ...["stages.0.method.average=0.9", "stages.0.method.leastSteps=30"],
  ];
  text = ["text", "--data", "poems.txt", ...course.flatMap((s) => ["--set", s])];
});

/** Every array of the last checkpoint as bytes. */
function arraysOf(run: string, step: number): Map<string, Buffer> {
  const found = new CheckpointStore(join(cwd, run, "checkpoints")).latest();
  expect(found).toMatchObject({ step, warnings: [] });
  return new Map(
    [...(found?.tensors ?? [])].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    ]),
  );
}

/** Trains a game, with kills at random instants, to its end, again and again: always to the same bits. */
async function killAndCompare(
  name: string,
  game: readonly string[],
  { kills, last, after, from }: Killing,
): Promise<void> {
  expect((await gansmith(cwd, ["train", ...game, "--out", name])).code).toBe(0);
  const expected = arraysOf(name, last);
  expect(expected.size).toBeGreaterThan(20);
  const random = new Random(1, "kills");
  let killed = 0;
  let fromLater = 0;
  for (let chain = 0; killed < kills; chain++) {
    const out = `${name}-${chain}`;
    for (let done = false; !done; ) {
      const begun = existsSync(join(cwd, out, "config.json"));
      const child = start(cwd, [
        ...(begun ? ["resume", out] : ["train", ...game, "--out", out]),
        "--json",
      ]);
      const ended = finish(child);
      const training = new Promise<void>((resolve) => {
        child.stdout.on("data", (chunk: Buffer) => {
          if (chunk.includes(`"type":"${after}"`)) resolve();
        });
      });
      await Promise.race([ended, training]);
      if (killed < kills) {
        await Promise.race([ended, sleep(random.uniform() * withinMs)]);
        if (child.kill("SIGKILL")) killed++;
      }
      const { code, stderr, lines } = await ended;
      if (lines[0] && from(lines[0])) fromLater++;
      // A killed process has no code; any other one has reached the end, perhaps one time before.
      const atEnd = code === 0 || /is done: it has \d+ steps/.test(stderr);
      if (code !== null) expect(atEnd, stderr).toBe(true);
      done = atEnd;
    }
    const arrays = arraysOf(out, last);
    expect([...arrays.keys()]).toEqual([...expected.keys()]);
    for (const [name, bytes] of expected)
      expect(bytes.equals(arrays.get(name) as Buffer), name).toBe(true);
  }
  // Otherwise every run began anew, and the test showed nothing.
  expect(fromLater).toBeGreaterThan(kills / 2);
}

interface Killing {
  readonly kills: number;
  /** The last checkpoint's step. */
  readonly last: number;
  /** The type of the line after which a kill may come. */
  readonly after: string;
  /** Whether the first line of a session says that it goes on from a checkpoint. */
  from(line: Readonly<Record<string, unknown>>): boolean;
}

test(`after ${kills} kills at random instants, the weights are those of a run never killed`, () =>
  killAndCompare("images", images, {
    ...{ kills, last: steps, after: "start" },
    from: ({ step }) => (step as number) > 0,
  }));

test(`of text: after ${textKills} kills, the weights are those of a run never killed`, () =>
  killAndCompare("text", text, {
    ...{ kills: textKills, last: iterations, after: "checkpoint" },
    // One that begins anew, warns of it first.
    from: ({ type }) => type === "start",
  }));
