import { type Command, InvalidArgumentError, Option } from "commander";
import type { DataSpec } from "../data/source.ts";
import { checkConfig, type RunConfig, withSetting } from "../recipes/index.ts";
import { backendFlagNames } from "./backend-names.ts";

/** When a run ends, as flags. */
export interface LengthFlags {
  readonly steps?: number;
  readonly kimg?: number;
  readonly minutes?: number;
}

export interface TrainFlags extends LengthFlags {
  readonly data?: string;
  readonly size?: number;
  readonly seed?: number;
  readonly backend?: string;
  readonly threads?: number;
  readonly out?: string;
  readonly from?: string;
  readonly set: readonly string[];
  readonly json?: boolean;
  readonly guard?: boolean;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}

/** Reads a whole number of at least `min`; anything else is wrong use. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`Expected a whole number >= ${min}.`);
  };
}

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}

/** Reads a share: above 0, at most 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError("Expected a number above 0, at most 1.");
}

/** Reads `a,b,c`. */
export function nameList(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError("Expected names with commas between them, such as fid,kid.");
}

/** Reads `0.8,1`: different numbers above 0, in rising order. */
export function numberList(text: string): readonly number[] {
  return [...new Set(nameList(text).map(positiveNumber))].sort((a, b) => a - b);
}

/** `--json`, on every command. */
export function addJson(command: Command): Command {
  return command.option("--json", "one JSON object a line on stdout");
}

/** `--steps | --kimg | --minutes`, of which one may be given. */
export function addLength(command: Command): Command {
  const option = (flags: string, text: string, parse: (text: string) => number) =>
    new Option(flags, text).argParser(parse);
  return command
    .addOption(
      option("--steps <n>", "end after n steps (of text: iterations)", wholeNumber(1)).conflicts([
        "kimg",
        "minutes",
      ]),
    )
    .addOption(
      option("--kimg <k>", "end after k thousand real images or texts", positiveNumber).conflicts([
        "steps",
        "minutes",
      ]),
    )
    .addOption(
      option("--minutes <m>", "end after m minutes of training", positiveNumber).conflicts([
        "steps",
        "kimg",
      ]),
    );
}

/** `--backend` and `--threads`. */
export function addMachine(command: Command): Command {
  return command
    .addOption(new Option("--backend <name>", "what computes").choices([...backendFlagNames]))
    .addOption(
      new Option("--threads <n>", "CPU threads (default: the physical cores)").argParser(
        wholeNumber(1),
      ),
    );
}

/** The length that flags ask for; `undefined` when none does. */
export function lengthOf({ steps, kimg, minutes }: LengthFlags): LengthFlags | undefined {
  if (steps !== undefined) return { steps };
  if (kimg !== undefined) return { kimg };
  return minutes === undefined ? undefined : { minutes };
}

/** A configuration with what the flags change, checked. Throws usage errors that name key and value. */
export async function configOf(base: object, flags: TrainFlags): Promise<RunConfig> {
  let changed: Record<string, unknown> = { ...base };
  if (flags.data !== undefined) {
    const { inferData } = await import("../data/index.ts");
    const data: DataSpec = inferData(flags.data);
    // The recipe's channels suit its own data; other data bring theirs.
    const { channels: _own, ...rest } = changed;
    changed = { ...rest, data };
  }
  const { size, seed, backend, threads } = flags;
  const given = { size, seed, backend, threads, length: lengthOf(flags) };
  for (const [key, value] of Object.entries(given)) if (value !== undefined) changed[key] = value;
  const settings = [...flags.set, ...(flags.guard ? ["health.guard=true"] : [])];
  const whole = settings.reduce<unknown>(withSetting, changed);
  return checkConfig(whole);
}
