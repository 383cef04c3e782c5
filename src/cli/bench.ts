import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { GansmithError } from "../util/errors.ts";
import { packageRoot } from "./package-root.ts";

/** `gansmith bench`: hands over to `bench/run.mjs`, which knows the peers. */
export function addBench(program: Command): Command {
  return program
    .command("bench")
    .summary("this machine, against peers that are installed")
    .description(
      "Times gansmith's steps on this machine beside the peers that are installed; the arguments go " +
        "to bench/run.mjs of the repository, --help lists them.",
    )
    .argument("[args...]", "what to run")
    .option("--json", "one JSON object a line on stdout")
    .helpOption(false)
    .allowUnknownOption()
    .action(async (_args: readonly string[], _flags: unknown, command: Command) => {
      const script = join(packageRoot, "bench", "run.mjs");
      if (!existsSync(script)) {
        throw new GansmithError(
          "runtime",
          `the benchmark is part of the repository, not of the installed package: ${script} does not exist; run it from a clone.`,
        );
      }
      const own = command.args;
      const json = command.opts<{ json?: boolean }>().json ? ["--json"] : [];
      process.exitCode = await runScript(script, [...own, ...json]);
    });
}

function runScript(script: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}
