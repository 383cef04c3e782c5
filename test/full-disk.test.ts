import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RunFolder } from "../src/train/index.ts";
import { writeFileAtomic } from "../src/util/node/files.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const root = temporaryFolder();

// A small disk of our own needs a name space in which we may mount, which not every system grants.
const mayMount =
  spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

if (mayMount) {
  test("a full disk is one clear sentence, and everything written before stays whole", () => {
    const [small, readOnly] = [join(root, "small"), join(root, "read-only")];
    mkdirSync(small);
    mkdirSync(readOnly);
    const script = `
      mount -t tmpfs -o size=600k,nr_inodes=64 tmpfs "$1" &&
      mount -t tmpfs -o ro tmpfs "$2" &&
      exec "$0" test/programs/full-disk.mjs "$1" "$2"`;
    const args = ["-rm", "sh", "-c", script, process.execPath, small, readOnly];
    const { stdout, stderr, status } = spawnSync("unshare", args, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const full = "the disk is full; free some space or choose another folder.";
    expect(result.step).toBeGreaterThan(3);
    expect(result).toMatchObject({
      latest: (result.step as number) - 1,
      warnings: [],
      files: 2 * ((result.step as number) - 1),
      damagedLines: 0,
      again: result.eventError,
    });
    expect(result.readable).toBeGreaterThan(0);
    for (const key of ["checkpointError", "eventError", "noRoom"]) {
      expect(result[key]).toMatch(/^GansmithError io: cannot [^:]+: /);
      expect(result[key]).toContain(full);
    }
    for (const key of ["readOnly", "readOnlyDir"]) {
      expect(result[key]).toContain("the file system is read-only");
    }
  });
} else {
  test("a write that the system refuses is one clear sentence", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(() => RunFolder.create({ name: "x", config: {}, dir: join(file, "x") })).toThrow(
      "a part of the path is a file, not a folder",
    );
    const path = join(root, "x".repeat(300));
    expect(() => writeFileAtomic(path, "text")).toThrow("the name is too long");
    expect(readdirSync(root)).toEqual(["file"]);
  });
}
