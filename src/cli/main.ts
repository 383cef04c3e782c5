#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(
    `gansmith needs Node.js 20.20 or newer, this is ${process.versions.node}; install a newer one from your package manager or with nvm.\n`,
  );
  process.exitCode = 1;
} else {
  // Loaded only now: an old Node.js would stop at syntax that it does not know.
  const { runProgram } = await import("./program.ts");
  process.exitCode = await runProgram(process.argv.slice(2));
}

export {};
