import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The folders of src/ from top to bottom, as ARCHITECTURE.md's table gives them. */
const rows = (readFileSync("ARCHITECTURE.md", "utf8").split("## Entry points")[0] as string)
  .split("\n")
  .map((line) => /^\| ((?:`[a-z]+`(?:, )?)+) \|/.exec(line)?.[1])
  .filter((cell) => cell !== undefined)
  .map((cell) => cell.replaceAll("`", "").split(", "));
const folders = rows.flat();
const nodeOnly = [
  "cli",
  "studio/server",
  "reproduce",
  "train",
  "health",
  "recipes",
  "metrics",
  "data",
];

let copy = "";
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "gansmith-architecture-"));
  cpSync("biome.json", join(copy, "biome.json"));
});
afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

interface Finding {
  readonly file: string;
  readonly rule: string;
}

/** Lints `files` (path -> text) under the project's own biome.json; what it finds as errors. */
function lint(files: Readonly<Record<string, string>>): Finding[] {
  rmSync(join(copy, "src"), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=github", "."];
  const { stdout } = spawnSync(
    process.execPath,
    [resolve("node_modules/@biomejs/biome/bin/biome"), ...args],
    { cwd: copy, encoding: "utf8" },
  );
  return [...stdout.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)].map(([, rule, file]) => ({
    rule: (rule ?? "").replace("lint/", ""),
    file: (file ?? "").replace(/^.*\/src\//, "src/"),
  }));
}

const importing = (specifier: string) =>
  `import { x } from "${specifier}";\n\nexport const y = x;\n`;

test("ARCHITECTURE.md lists the folders of src/", () => {
  const found = readdirSync("src", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...folders].sort()).toEqual(found.map((entry) => entry.name).sort());
});

test("an import upwards or sideways is reported from every folder, one downwards from none", () => {
  const forbidden: Record<string, string> = {};
  const allowed: Record<string, string> = {};
  for (const [i, row] of rows.entries()) {
    for (const folder of row) {
      for (const [j, others] of rows.entries()) {
        for (const other of others) {
          if (other === folder) continue;
          const files = j > i ? allowed : forbidden;
          files[`src/${folder}/to-${other}.ts`] = importing(`../${other}/x.ts`);
          files[`src/${folder}/deep/to-${other}.ts`] = importing(`../../${other}/x.ts`);
        }
      }
    }
  }
  expect(Object.keys(forbidden).length).toBeGreaterThan(100);
  const reported = lint(forbidden).filter(({ rule }) => rule === "style/noRestrictedImports");
  expect(reported.map(({ file }) => file).sort()).toEqual(Object.keys(forbidden).sort());
  expect(lint(allowed)).toEqual([]);
});

test("what runs in the browser may not import Node.js, by any name", () => {
  const names = ["node:fs", "fs", "../util/node/files.ts", "onnxruntime-node", "sharp"];
  const files: Record<string, string> = { "src/util/near.ts": importing("./node/files.ts") };
  for (const folder of folders.filter((name) => !nodeOnly.includes(name))) {
    for (const [i, name] of names.entries()) {
      files[`src/${folder}/uses-node-${i}.ts`] = importing(name);
    }
  }
  expect(new Set(lint(files).map(({ file }) => file))).toEqual(new Set(Object.keys(files)));
  const fine: Record<string, string> = {
    "src/runtime/node/session.ts": importing("onnxruntime-node"),
    "src/util/node/files.ts": importing("node:fs"),
  };
  for (const folder of nodeOnly) fine[`src/${folder}/uses-node.ts`] = importing("node:fs");
  expect(lint(fine)).toEqual([]);
});

test("cycles, console output and badly named files are reported; tests may import anything", () => {
  const findings = lint({
    "src/graph/a.ts": 'import { b } from "./b.ts";\n\nexport const a = () => b;\n',
    "src/graph/b.ts": 'import { a } from "./a.ts";\n\nexport const b = () => a;\n',
    "src/graph/loud.ts": 'console.log("x");\n',
    "src/graph/badName.ts": "export const y = 1;\n",
    "src/graph/a.test.ts": importing("../cli/main.ts"),
  });
  expect(new Set(findings.map(({ rule, file }) => `${rule} ${file}`))).toEqual(
    new Set([
      "suspicious/noImportCycles src/graph/a.ts",
      "suspicious/noImportCycles src/graph/b.ts",
      "suspicious/noConsole src/graph/loud.ts",
      "style/useFilenamingConvention src/graph/badName.ts",
    ]),
  );
});

test("package.json exports exactly the index files that exist", () => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: object };
  const { stdout } = spawnSync(process.execPath, ["scripts/exports.mjs"], { encoding: "utf8" });
  expect(exports, "out of date; run: node scripts/docs.mjs").toEqual(JSON.parse(stdout));
});

test("npm start and npm test load before anything is installed", () => {
  cpSync("scripts", join(copy, "scripts"), { recursive: true });
  const commands = ["start", "test"].map((name) => readFileSync(`scripts/${name}.mjs`, "utf8"));
  const loaded = commands.flatMap((text) => [...text.matchAll(/from "(\.[^"]+)"/g)]);
  expect(loaded.length).toBeGreaterThan(2);
  for (const [, path] of loaded) {
    const args = ["--input-type=module", "--eval", `await import("./scripts/${path}")`];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8" });
    expect(status, stderr).toBe(0);
  }
});
