import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { addJson, wholeNumber } from "./flags.ts";
import { Output } from "./output.ts";
import { packageRoot } from "./package-root.ts";

interface StudioFlags {
  readonly port?: number;
  readonly runs: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

/** `gansmith studio` */
export function addStudio(program: Command): Command {
  const command = program
    .command("studio")
    .summary("the web studio on this machine")
    .description(
      "Serves the studio on 127.0.0.1: play with GANs, watch, compare, start and stop runs. Ctrl-C ends " +
        "it; runs that it started go on.",
    )
    .option("--port <n>", "default: 4114, or the next free one", portNumber)
    .option("--runs <folder>", "where the run folders are", "runs")
    .option("--open", "open it in the browser");
  return addJson(command).action(async (flags: StudioFlags) => {
    const { serveStudio } = await import("../studio/server/serve.ts");
    const output = new Output(flags.json === true);
    const { port, runs } = flags;
    const main = join(packageRoot, "dist", "program", "main.js");
    const studio = await serveStudio({ port, runs, program: main });
    // Before the address is told: whoever reads it may end the program at once.
    const ended = Promise.race(["SIGINT", "SIGTERM"].map((name) => once(process, name)));
    output.text(`The studio is at ${studio.url}`);
    output.text("Ctrl-C ends it.");
    output.line({ type: "studio", url: studio.url, port: studio.port, runs });
    if (flags.open) openInBrowser(studio.url, output);
    await ended;
    const left = await studio.close();
    if (left > 0) output.note(`${left} ${left === 1 ? "run goes" : "runs go"} on training.`);
    output.result({ port: studio.port, training: left });
  });
}

function portNumber(text: string): number {
  const port = wholeNumber(0)(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("Expected a port from 0 to 65535.");
}

function openInBrowser(url: string, output: Output): void {
  const [program, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", ""]
        : ["xdg-open"];
  const child = spawn(program as string, [...args, url], { detached: true, stdio: "ignore" });
  child.on("error", () => output.note(`${program} cannot be run: open the address yourself.`));
  child.unref();
}
