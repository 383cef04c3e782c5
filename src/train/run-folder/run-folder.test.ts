import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GansmithError } from "../../util/errors.ts";
import { RunFolder } from "./run-folder.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gansmith-run-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const config = { recipe: "mnist-dcgan", seed: 1, set: { lr: 0.0002 } };
const make = (name = "mnist-dcgan") => RunFolder.create({ root, name, config });

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(GansmithError);
    return (error as GansmithError).message;
  }
  throw new Error("expected an error");
}

test("numbers go on, whatever the names, and reading gives back the config", () => {
  expect(make().path).toBe(join(root, "00001-mnist-dcgan"));
  expect(make("ring").path).toBe(join(root, "00002-ring"));
  mkdirSync(join(root, "00041-other"));
  const run = make();
  expect(run.path).toBe(join(root, "00042-mnist-dcgan"));
  const read = RunFolder.open(run.path);
  expect(read.config).toEqual(config);
  expect(read.name).toBe("mnist-dcgan");
  expect(read.locked).toBe(false);
  expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]);
  expect(readdirSync(run.path).sort()).toEqual([
    "checkpoints",
    "config.json",
    "lock.json",
    "samples",
  ]);
});

test("a folder whose run was killed before it had a config is taken", () => {
  const dir = join(root, "stillborn");
  for (const name of ["checkpoints", "samples"]) mkdirSync(join(dir, name), { recursive: true });
  const dead = { pid: 0, host: hostname(), token: "dead" };
  writeFileSync(join(dir, "lock.json"), JSON.stringify(dead));
  writeFileSync(join(dir, ".config.json.1-0.tmp"), "{");
  RunFolder.checkVacant(dir);
  RunFolder.create({ name: "x", config, dir }).release();
  expect(RunFolder.open(dir).config).toEqual(config);

  const kept = join(root, "kept");
  mkdirSync(join(kept, "samples"), { recursive: true });
  writeFileSync(join(kept, "samples", "grid.png"), "mine");
  expect(messageOf(() => RunFolder.checkVacant(kept))).toContain("not empty");
});

test("--out names the folder, and an occupied one is refused", () => {
  const dir = join(root, "a", "b");
  const run = RunFolder.create({ name: "x", config, dir });
  expect(run.path).toBe(dir);
  run.release();
  expect(messageOf(() => RunFolder.create({ name: "x", config, dir }))).toContain(
    `gansmith resume ${dir}`,
  );
  const other = join(root, "other");
  mkdirSync(other);
  writeFileSync(join(other, "thesis.txt"), "mine");
  expect(messageOf(() => RunFolder.create({ name: "x", config, dir: other }))).toContain(
    "not empty",
  );
  expect(readdirSync(other)).toEqual(["thesis.txt"]);
  const file = join(other, "thesis.txt");
  expect(messageOf(() => RunFolder.create({ name: "x", config, dir: file }))).toContain(
    "is a file",
  );
  const under = join(file, "deeper");
  expect(messageOf(() => RunFolder.create({ name: "x", config, dir: under }))).toContain(
    "a part of the path is a file",
  );
});

test("a name or config that cannot be stored is refused before anything is made", () => {
  for (const name of ["", "../x", "a/b", ".x", "x".repeat(101), "a b"]) {
    expect(messageOf(() => make(name))).toContain("a run's name");
  }
  const bad = () => RunFolder.create({ root, name: "x", config: { lr: Number.NaN } });
  expect(messageOf(bad)).toContain("config.lr must be a finite number");
  expect(readdirSync(root)).toEqual([]);
});

test("a folder that is no run folder gets one clear sentence", () => {
  const open = (path: string) => messageOf(() => RunFolder.open(path));
  expect(open(join(root, "none"))).toContain("there is no run folder");
  expect(open(root)).toContain("has no config.json");
  const file = join(root, "config.json");
  expect(open(join(file, "x"))).toContain("there is no run folder");
  for (const [text, sentence] of [
    ["", "not valid JSON"],
    ["{", "not valid JSON"],
    ["[]", "not written by gansmith"],
    ["null", "not written by gansmith"],
    ['{"name":"other-tool"}', "not written by gansmith"],
    ['{"format":"gansmith-run","formatVersion":1}', "is damaged"],
    ['{"format":"gansmith-run","formatVersion":9,"gansmith":"7.0.0"}', "install gansmith 7.0.0"],
  ] as const) {
    writeFileSync(file, text);
    expect(open(root)).toContain(sentence);
  }
  expect(open(file)).toContain("is a file, expected a run folder");
});

test("a run in use is refused; one whose process died is taken over", () => {
  const run = make();
  expect(messageOf(() => RunFolder.open(run.path).lock())).toContain(
    `in use by process ${process.pid}`,
  );
  run.release();
  run.release();
  const again = RunFolder.open(run.path).lock();
  expect(again.lock().locked).toBe(true);
  again.release();
  const lock = join(run.path, "lock.json");
  expect(existsSync(lock)).toBe(false);

  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const host = hostname();
  for (const text of [
    JSON.stringify({ pid: dead, host, started: "1", token: "a" }),
    JSON.stringify({ pid: process.pid, host, started: "not when this one began", token: "b" }),
    "half a li",
    "",
  ]) {
    writeFileSync(lock, text);
    const taken = RunFolder.open(run.path).lock();
    expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ pid: process.pid });
    taken.release();
  }
  writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", started: "", token: "c" }));
  expect(messageOf(() => RunFolder.open(run.path).lock())).toContain("on elsewhere");
});

test("locking removes what a killed writer left, and nothing else", () => {
  const run = make();
  run.release();
  writeFileSync(join(run.checkpointsPath, ".000001.json.77-0.tmp"), "{");
  writeFileSync(join(run.checkpointsPath, "notes.tmp"), "mine");
  RunFolder.open(run.path).lock().release();
  expect(readdirSync(run.checkpointsPath)).toEqual(["notes.tmp"]);
});
