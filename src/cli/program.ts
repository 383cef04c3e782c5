import { Command, CommanderError } from "commander";
import { GansmithError } from "../util/errors.ts";
import { version } from "../util/version.ts";
import { addBench } from "./bench.ts";
import { addDoctor } from "./doctor.ts";
import { addEval } from "./eval.ts";
import { addExport } from "./export.ts";
import { addRecipes } from "./recipes.ts";
import { addReproduce } from "./reproduce.ts";
import { addResume } from "./resume.ts";
import { addSample } from "./sample.ts";
import { addStudio } from "./studio.ts";
import { addTrain } from "./train.ts";

const footer = `
With --json every line on stdout is one JSON object; the last has "type":"result". Progress is on stderr.
Exit codes: 0 done, 1 failed, 2 wrong use. Ctrl-C during training saves a checkpoint, says how to
resume and ends with 0; a second Ctrl-C ends at once with 130.
GANSMITH_DEBUG=1 adds stack traces to errors.`;

/** Every command; a new one is a file and a line here. */
const commands: readonly ((program: Command) => Command)[] = [
  addTrain,
  addResume,
  addSample,
  addEval,
  addExport,
  addRecipes,
  addReproduce,
  addBench,
  addStudio,
  addDoctor,
];

/** Runs the command line and returns the exit code. Errors are one sentence on stderr. */
export async function runProgram(args: readonly string[]): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read our output has closed it (`| head`): there is nobody left to tell.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
  const program = new Command("gansmith")
    .description("Train, understand and ship generative adversarial networks.")
    .version(version, "-v, --version")
    .addHelpText("after", footer);
  for (const add of commands) add(program);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showHelpAfterError(false)
      .allowExcessArguments(false)
      .configureOutput({ writeErr: () => {}, outputError: () => {} });
  }
  if (args.length === 0) {
    process.stderr.write(program.helpInformation());
    return 2;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error, args.includes("--json"));
  }
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const { message, code, kind } = describe(error);
  process.stderr.write(`${message}\n`);
  if (process.env.GANSMITH_DEBUG && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
    if (error.cause instanceof Error) process.stderr.write(`caused by ${error.cause.stack}\n`);
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: "error", kind, message, exitCode: code })}\n`);
  }
  return code;
}

function describe(error: unknown): { message: string; code: number; kind: string } {
  if (error instanceof GansmithError) {
    return { message: error.message, code: error.exitCode, kind: error.kind };
  }
  if (error instanceof CommanderError) {
    const sentence = error.message
      .replace(/^error: /, "")
      .replace(/\s*\n\(Did you mean (.+?)\?\)/, ". Did you mean $1?")
      .replace(/\s*\n\s*/g, " ");
    const help = /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
    return { message: `${help} See gansmith --help.`, code: 2, kind: "usage" };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `gansmith failed: ${message} (GANSMITH_DEBUG=1 says more).`,
    code: 1,
    kind: "runtime",
  };
}
