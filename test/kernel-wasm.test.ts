import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the committed kernel is what its AssemblyScript sources compile to", () => {
  const script = fileURLToPath(new URL("../scripts/build-kernel.mjs", import.meta.url));
  const said = execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect(said).toContain("up to date");
});
