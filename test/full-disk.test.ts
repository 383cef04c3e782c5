import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gansmith-full-"));
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
  expect(status, "the build").toBe(0);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

// Real small disks need Linux: a name space of its own, in which anyone may mount.
if (process.platform === "linux") {
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
}
