import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeSafetensors } from "../src/onnx/safetensors.ts";
import { filesOf, gansmith, pictureFolder, tinyGame } from "./support/cli.ts";
import { put, temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();
const at = (...parts: string[]): string => join(cwd, ...parts);
let game: string[] = [];

beforeAll(async () => {
  game = tinyGame(await pictureFolder(at("pictures")));
  const made = await gansmith(cwd, ["train", ...game, "--steps", "4", "--out", "run"]);
  expect(made.stderr).not.toMatch(/error/i);
  expect(made.code).toBe(0);
  const unfinished = [...game, "--steps", "4", "--out", "fresh"];
  expect((await gansmith(cwd, ["train", ...unfinished])).code).toBe(0);
  for (const name of readdirSync(at("fresh", "checkpoints"))) rmSync(at("fresh/checkpoints", name));
  mkdirSync(at("empty"));
  put(at("occupied", "thesis.txt"), "mine");
  put(at("notes.txt"), "no pictures here");
  put(at("no-run", "thesis.txt"), "mine");
  put(at("damaged", "config.json"), "{");
  const header = JSON.parse(readFileSync(at("run", "config.json"), "utf8")) as object;
  put(at("newer", "config.json"), JSON.stringify({ ...header, formatVersion: 99 }));
  put(at("other", "config.json"), JSON.stringify({ name: "left-pad" }));
  const config = { ...(header as { config: object }).config, batch: "many" };
  put(at("edited", "config.json"), JSON.stringify({ ...header, config }));
  put(at("not.safetensors"), "text");
  const array = (shape: number[], fill = 0) => ({
    dtype: "F32" as const,
    shape,
    data: new Float32Array(shape.reduce((n, d) => n * d, 1)).fill(fill),
  });
  put(at("flat.safetensors"), encodeSafetensors(new Map([["images", array([64])]])));
  put(at("loud.safetensors"), encodeSafetensors(new Map([["images", array([16, 1, 8, 8], 7)]])));
  const two = new Map([
    ["a", array([16, 1, 8, 8])],
    ["b", array([16, 1, 8, 8])],
  ]);
  put(at("two.safetensors"), encodeSafetensors(two));
});

/** Arguments, and what the one sentence on stderr must say. */
type Case = readonly [args: readonly string[], says: RegExp, code?: 1 | 2];
const train = (...more: string[]) => ["train", "mnist-dcgan", ...more];
const set = (assignment: string) => train("--set", assignment, "--steps", "1");

const flags: readonly Case[] = [
  [["trian"], /unknown command 'trian'.*Did you mean train\?/],
  [["train"], /missing required argument 'recipe'/],
  [["train", "a", "b"], /too many arguments/],
  [["train", "mnist-dcgn"], /unknown recipe "mnist-dcgn".*mnist-dcgan/],
  [train("--sede", "1"), /unknown option '--sede'.*--seed/],
  [train("--steps"), /'--steps <n>' argument '--json' is invalid/],
  [train("--steps", "0"), /'0' is invalid.*whole number >= 1/],
  [train("--steps", "1.5"), /'1.5' is invalid/],
  [train("--steps", "many"), /'many' is invalid/],
  [train("--kimg", "-1"), /number above 0/],
  [train("--minutes", "0"), /number above 0/],
  [train("--minutes", "Infinity"), /number above 0/],
  [train("--steps", "5", "--kimg", "1"), /'--steps <n>' cannot be used with option '--kimg <k>'/],
  [train("--seed", "-1"), /whole number >= 0/],
  [train("--seed", "1e99"), /whole number >= 0/],
  [train("--backend", "gpu"), /'gpu' is invalid.*cpu/],
  [train("--threads", "0"), /whole number >= 1/],
  [["recipes", "mnist"], /unknown recipe "mnist"/],
  [["bench", "--cases", "nothing"], /unknown "nothing".*article-step/],
];

const values: readonly Case[] = [
  [set("batch"), /--set needs key=value, received "batch"/],
  [set("=3"), /--set needs key=value/],
  [set("batch=0"), /batch must be >= 2, received 0/],
  [set("batch=1.5"), /batch must be a whole number, received 1.5/],
  [set("batch=many"), /batch must be a number, received "many"/],
  [set("batch=null"), /batch must be a number, received null/],
  [set("sice=3"), /unknown key "sice".*"size"/],
  [set("optimizer.discriminater.name=adam"), /unknown key "optimizer.discriminater"/],
  [set("model.laten=5"), /model "dcgan": unknown key "laten".*latent/],
  [set("model.latent=0"), /model "dcgan": latent must be >= 1, received 0/],
  [set("model.name=stylegan9"), /unknown model "stylegan9".*mlp, dcgan/],
  [set("loss.name=hingee"), /unknown loss "hingee"/],
  [set("loss.smoothing=2"), /loss "non-saturating": smoothing must be < 1, received 2/],
  [set('regularizers={"name":"r1"}'), /regularizers must be an array/],
  [set('regularizers=[{"name":"r7"}]'), /unknown regularizer "r7"/],
  [set("regularizers.0.gamma=-1"), /regularizer "r1": gamma must be 0 or above, received -1/],
  [set("regularizers.5.gamma=1"), /"5" is no index of a list of 1/],
  [set("optimizer.generator.name=adan"), /unknown optimizer "adan".*adam/],
  [set("optimizer.generator.learningRate=-1"), /learningRate must be 0 or above, received -1/],
  [set("optimizer.generator.learningRate=fast"), /learningRate/],
  [set("optimizer.generator.beta1=1.5"), /optimizer.generator "adam": beta1/],
  [set("size=33"), /dcgan: size must be 28, 32, 64 or 128, received 33/],
  [train("--size", "3"), /size must be >= 4, received 3/],
  [train("--size", "5000"), /size must be <= 1024, received 5000/],
  [set("channels=2"), /channels must be 1 or 3, received 2/],
  [set("keepCheckpoints=0"), /keepCheckpoints must be >= 1/],
  [["train", "mnist-dcgan", "--set", "length={}"], /length .*needs steps, kimg, minutes or epochs/],
  [set("metrics=all"), /metrics/],
  [set('metrics=["fidd"]'), /unknown metric "fidd".*fid/],
  [set("__proto__.x=1"), /"__proto__" is no key/],
  [set("data.name=mnits"), /unknown data set "mnits".*Did you mean "mnist"/],
  [set("data=mnist"), /data must be an object, received "mnist"/],
];

const places: readonly Case[] = [
  [train("--data", "nowhere"), /nowhere/],
  [train("--data", "empty"), /empty.*no (pictures|images)/, 1],
  [train("--data", "notes.txt"), /notes.txt is not data that gansmith can read/, 1],
  [train("--data", "notes.txt", "--dry-run"), /notes.txt is not data that gansmith can read/, 1],
  [train("--steps", "1", "--out", "occupied"), /occupied is not empty; choose another --out/],
  [train("--steps", "1", "--out", "run"), /run already holds a run.*gansmith resume run/],
  [train("--steps", "1", "--out", "notes.txt"), /notes.txt is a file/],
  [train("--steps", "1", "--out", "notes.txt/x"), /notes.txt\/x/],
];

const runs: readonly Case[] = [
  [["resume", "nowhere"], /no run folder nowhere/],
  [["resume", "notes.txt"], /notes.txt is a file, expected a run folder/],
  [["resume", "no-run"], /no-run is not a run folder: it has no config.json/],
  [["resume", "damaged"], /damaged.config.json is damaged/, 1],
  [["resume", "newer"], /format version 99.*install gansmith/],
  [["resume", "other"], /other is not a run folder/],
  [["resume", "edited"], /batch must be a number, received "many"/],
  [["resume", "run"], /run is done: it has 4 steps.*--steps 8/],
  [["resume", "run", "--steps", "2"], /run is done: it has 4 steps/],
  [["sample", "nowhere"], /no run folder nowhere/],
  [["sample", "fresh"], /fresh has no checkpoint/, 1],
  [["sample", "run", "--n", "0"], /whole number >= 1/],
  [["sample", "run", "--class", "3"], /not conditional.*model.conditional=true/],
  [["sample", "run", "--truncation", "0"], /number above 0/],
  [["sample", "run", "--out", "notes.txt/grid.png"], /notes.txt\/grid.png/, 1],
  [["eval"], /either a run folder or --samples FILE --data NAME/],
  [["eval", "run", "--samples", "flat.safetensors"], /either a run folder or/],
  [["eval", "--samples", "flat.safetensors"], /--samples needs --data/],
  [["eval", "run", "--data", "mnist"], /--data goes with --samples only/],
  [["eval", "run", "--metrics", "fidd"], /unknown metric "fidd"/],
  [["eval", "run", "--metrics", "fid,"], /names with commas/],
  [["eval", "run", "--n", "x"], /whole number >= 1/],
  [["eval", "--samples", "nowhere.safetensors", "--data", "mnist"], /nowhere.safetensors/, 1],
  [["eval", "--samples", "not.safetensors", "--data", "mnist"], /not.safetensors/, 1],
  [["eval", "--samples", "flat.safetensors", "--data", "mnist"], /shape \[n, 1 or 3, size, size\]/],
  [
    ["eval", "--samples", "loud.safetensors", "--data", "mnist"],
    /must be in \[-1, 1\], it holds 7/,
  ],
  [["eval", "--samples", "two.safetensors", "--data", "mnist"], /one array "images".*a, b/],
  [["export", "run"], /required option '--out <path>' not specified/],
  [["export", "run", "--format", "tflite", "--out", "x"], /tflite.*onnx/],
  [["export", "run", "--out", "x.docx"], /x.docx/],
  [["export", "run", "--format", "training-step", "--out", "occupied"], /occupied exists already/],
  [["export", "fresh", "--out", "x.onnx"], /fresh has no checkpoint/, 1],
];

const groups = { flags, values, places, runs } as const;
for (const [name, cases] of Object.entries(groups)) {
  describe(name, () => {
    for (const [args, says, code = 2] of cases) {
      test(args.join(" "), async () => await refuses(args, says, code));
    }
  });
}

test("as many as were promised", () => {
  const count = Object.values(groups).reduce((n, cases) => n + cases.length, 0);
  expect(count).toBeGreaterThan(60);
});

describe("a game of one's own pictures", () => {
  test("a batch that no memory holds", async () => {
    await pictureFolder(at("few"));
    await refuses(
      ["train", "dcgan", "--data", "few", "--size", "128", "--set", "batch=65536", "--steps", "1"],
      /not enough memory for batch 65536.*--set batch=\d+/,
      1,
    );
  });

  test("conditions on classes that are not there", async () => {
    const flat = await pictureFolder(at("flat"));
    for (const name of ["even", "odd"]) cpSync(at("flat", name), at("plain"), { recursive: true });
    rmSync(flat, { recursive: true });
    await refuses(
      ["train", "dcgan", "--data", "plain", "--size", "32", "--set", "model.conditional=true"],
      /conditional needs data with at least two classes/,
      2,
    );
  });

  test("a run that another process trains", async () => {
    cpSync(at("run"), at("busy"), { recursive: true });
    // This process lives, so the lock counts.
    const started = readFileSync(`/proc/${process.pid}/stat`, "utf8")
      .split(") ")[1]
      ?.split(" ")[19];
    const { hostname } = await import("node:os");
    const owner = { pid: process.pid, host: hostname(), started, token: "x" };
    writeFileSync(at("busy", "lock.json"), JSON.stringify(owner));
    await refuses(["resume", "busy", "--steps", "8"], /busy is in use by process \d+/, 2);
    rmSync(at("busy"), { recursive: true });
  });
});

/** One sentence on stderr, the exit code, the same as JSON, and no file made, changed or lost. */
async function refuses(args: readonly string[], says: RegExp, code: 1 | 2): Promise<void> {
  const before = filesOf(cwd);
  const { stdout, stderr, code: got, last } = await gansmith(cwd, [...args, "--json"]);
  const said = stderr
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("preparing "))
    .join("\n");
  expect(said).toMatch(says);
  expect(said).not.toMatch(/\n|undefined|\[object|\bat .*\.(ts|js):|GANSMITH_DEBUG/);
  expect(got).toBe(code);
  if (stdout !== "") expect(last).toMatchObject({ type: "error", exitCode: code, message: said });
  const after = filesOf(cwd);
  expect(after).toEqual(before);
}
