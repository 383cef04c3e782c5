// From a fresh clone to recognisable digits: installs, builds, trains for about three minutes.
// Arguments after `--` go to the training command: npm start -- --minutes 1
import { join } from "node:path";
import { build } from "./build.mjs";
import { install, root, run } from "./lib.mjs";

const recipe = "mnist-quick";

// Ctrl-C reaches the whole group: the training saves its checkpoint and says how to resume.
process.on("SIGINT", () => {});

async function start() {
  for (const step of [install, build]) {
    const code = await step();
    if (code !== 0) return code;
  }
  const main = join(root, "dist", "program", "main.js");
  return run(process.execPath, [main, "train", recipe, ...process.argv.slice(2)]);
}

process.exitCode = await start();
