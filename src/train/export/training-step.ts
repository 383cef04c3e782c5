import { mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Game, isDue, type Phase } from "../../adversarial/index.ts";
import type { ImageDataset } from "../../data/image-dataset.ts";
import { leafRole } from "../../graph/ops/leaf.ts";
import type { Value } from "../../graph/value.ts";
import { emitModel } from "../../onnx/emit.ts";
import { encodeModel, type OnnxModel } from "../../onnx/model.ts";
import { encodeSafetensors, type NamedTensor, safetensorsChunks } from "../../onnx/safetensors.ts";
import { type Schedule, scheduleAt } from "../../optim/index.ts";
import { checkConfig, type RunConfig } from "../../recipes/index.ts";
import { cpuBackend, type Lowering, type Tensor } from "../../runtime/index.ts";
import { GansmithError, usageError } from "../../util/errors.ts";
import type { JsonObject } from "../../util/json.ts";
import { errorCode, ioError, makeFolder, writeFileAtomic } from "../../util/node/files.ts";
import { version } from "../../util/version.ts";
import type { Engine } from "../engine/engine.ts";
import { type PreparedPhase, preparePhases } from "../engine/prepare.ts";
import { Trainer } from "../loop/trainer.ts";
import { optimizersOf } from "../resolve.ts";
import type { Run } from "../run.ts";
import type { ExportFormat } from "./format.ts";

/** Steps whose feeds and losses are recorded, so that another program can check itself. */
const checkedSteps = 20;
/** Parts of the learning rate that the check may be recorded at. */
const learningRateScales = [1, 0.1, 0.03, 0.01, 0.003];
/** Relative difference of losses that counts as the same. */
const stableDifference = 1e-4;

/**
 * The moves of one iteration as ONNX graphs of standard operators, with what a program in any language
 * needs in order to train with them: initial weights, a manifest that says what to feed and what
 * to feed back, and recorded batches with the losses that gansmith had on them.
 */
export const trainingStepFormat: ExportFormat = {
  name: "training-step",
  summary: "a folder with the training step itself as ONNX: train from any language",
  async write(run, out) {
    const name = basename(out);
    const temp = join(dirname(out), `.${name}.${process.pid}.tmp`);
    try {
      makeFolder(dirname(out));
      mkdirSync(temp);
      const told = await writeStep(run, temp);
      renameSync(temp, out);
      return { folder: out, ...told };
    } catch (error) {
      rmSync(temp, { recursive: true, force: true });
      if (errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST") {
        throw usageError(`${out} exists already; choose another --out.`);
      }
      throw ioError(`write ${out}`, error);
    }
  },
};

async function writeStep(run: Run, folder: string): Promise<JsonObject> {
  const config = withRates(run.config, 1);
  const data = await run.openData("train");
  try {
    const { moves, state } = await withTrainer(config, data, plain, async ({ game, engine }) => ({
      moves: exportMoves(game, config, folder),
      state: await initialState(game, engine),
    }));
    writeFileAtomic(join(folder, "state.safetensors"), encodeSafetensors(state));
    const { learningRateScale, check } = await recordStable(run.config, data, moves);
    writeFileAtomic(join(folder, "check.safetensors"), safetensorsChunks(check));
    const manifest = {
      version: 1,
      gansmith: version,
      recipe: config.recipe,
      batch: config.batch,
      state: { file: "state.safetensors" },
      phases: moves.map((move) => move.manifest),
      check: { file: "check.safetensors", steps: checkedSteps, learningRateScale },
    };
    writeFileAtomic(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    return { phases: moves.map((move) => move.name), checkedSteps, learningRateScale };
  } finally {
    data.close();
  }
}

/** The graphs as they are exported. */
const plain: Lowering = (outputs) => [...outputs];

async function withTrainer<T>(
  config: RunConfig,
  data: ImageDataset,
  lowering: Lowering | undefined,
  use: (trainer: Trainer) => Promise<T>,
): Promise<T> {
  const backend = cpuBackend(lowering ? { lowering } : {});
  try {
    const trainer = await Trainer.create(config, data, backend);
    try {
      return await use(trainer);
    } finally {
      await trainer.release();
    }
  } finally {
    await backend.release?.();
  }
}

async function initialState(game: Game, engine: Engine): Promise<Map<string, NamedTensor>> {
  const arrays = await engine.read([...game.variables.all.keys()]);
  const tensors = [...arrays].map(([name, array]): [string, NamedTensor] => {
    const shape = game.variables.all.get(name)?.shape ?? [];
    return [name, { dtype: "F32", shape, data: array as Float32Array<ArrayBuffer> }];
  });
  return new Map(tensors);
}

/**
 * A game is chaotic: rounding grows from step to step, so that two correct programs drift apart. The
 * check is recorded at the largest rate at which the step in two forms, plain and as the CPU runs it
 * best, still has the same losses.
 */
async function recordStable(
  config: RunConfig,
  data: ImageDataset,
  moves: readonly ExportedMove[],
): Promise<{ learningRateScale: number; check: Map<string, NamedTensor> }> {
  for (const scale of learningRateScales) {
    const scaled = withRates(config, scale);
    const check = await withTrainer(scaled, data, plain, (t) => record(t, moves));
    const other = await withTrainer(scaled, data, undefined, (t) => record(t, moves));
    if (
      largestDifference(check, other) <= stableDifference ||
      scale === learningRateScales.at(-1)
    ) {
      return { learningRateScale: scale, check };
    }
  }
  throw new GansmithError("numeric", "no learning rate was tried.");
}

/** Of the losses, relative. */
function largestDifference(
  a: ReadonlyMap<string, NamedTensor>,
  b: ReadonlyMap<string, NamedTensor>,
): number {
  let worst = 0;
  for (const [name, { data }] of a) {
    if (!name.startsWith("losses/")) continue;
    const others = b.get(name)?.data as Float32Array;
    for (const [i, loss] of (data as Float32Array).entries()) {
      // A move that was not due at this step has no loss.
      if (loss === 0) continue;
      worst = Math.max(worst, Math.abs(loss - (others[i] as number)) / Math.abs(loss));
    }
  }
  return worst;
}

/** A move of the plan as exported. */
interface ExportedMove {
  readonly name: string;
  /** Inputs that are fed anew at every step. */
  readonly feeds: readonly string[];
  readonly manifest: JsonObject;
}

function exportMoves(game: Game, config: RunConfig, folder: string): ExportedMove[] {
  const models = new Map<Phase, { prepared: PreparedPhase; model: OnnxModel }>();
  // An (empty) extension keeps every parameter in the model's own order of axes.
  for (const prepared of preparePhases(game, undefined, () => new Map()).phases) {
    const { phase, inputs, outputs } = prepared;
    const model = emitModel({ name: phase.name, inputs, outputs });
    const bytes = encodeModel({ ...model, producerVersion: version });
    writeFileAtomic(join(folder, `${phase.name}.onnx`), bytes);
    models.set(phase, { prepared, model });
  }
  return game.plan.map((phase, i) => {
    // A move that comes several times in an iteration has a name, and a batch, for each time.
    const before = game.plan.slice(0, i).filter((other) => other === phase).length;
    const name = before === 0 ? phase.name : `${phase.name}-${before + 1}`;
    const { prepared, model } = models.get(phase) as { prepared: PreparedPhase; model: OnnxModel };
    const inputs = model.graph.inputs.map((info) => describeInput(game, prepared, info));
    const network = phase.network as "discriminator" | "generator";
    return {
      name,
      feeds: inputs.filter((x) => x.role === "data" || x.role === "noise").map((x) => x.name),
      manifest: {
        name,
        file: `${phase.name}.onnx`,
        network,
        inputs: inputs.map((input) => ({ ...input })),
        outputs: [...prepared.outputs.keys()].map(describeOutput),
        optimizer: describeOptimizer(config, network),
        ...(phase.clip && { clip: phase.clip }),
        ...(phase.interval && { interval: phase.interval }),
      },
    };
  });
}

interface ManifestInput {
  readonly name: string;
  readonly role: "param" | "state" | "data" | "noise" | "carry";
  readonly shape: readonly (number | string)[];
  readonly dtype: string;
  readonly distribution?: string;
}

function describeInput(
  game: Game,
  prepared: PreparedPhase,
  { name, dtype, shape }: OnnxModel["graph"]["inputs"][number],
): ManifestInput {
  const variable = game.variables.all.get(name);
  if (variable) return { name, role: variable.trainable ? "param" : "state", shape, dtype };
  if (name.startsWith("carried/")) return { name, role: "carry", shape, dtype };
  const role = leafRole(prepared.inputs.get(name) as Value);
  return role.kind === "noise"
    ? { name, role: "noise", shape, dtype, distribution: role.distribution }
    : { name, role: "data", shape, dtype };
}

function describeOutput(name: string): JsonObject {
  const [kind = "", ...rest] = name.split("/");
  const target = rest.join("/");
  if (kind === "gradient") return { name, role: "gradient", for: target };
  if (kind === "assign") return { name, role: "state", for: target };
  if (kind === "carried") return { name, role: "carry" };
  return { name, role: kind === "loss" ? "loss" : "scalar" };
}

/** Adam as `lr`, `beta1`, `beta2`, `eps`; others as their own options say. */
function describeOptimizer(config: RunConfig, network: "discriminator" | "generator"): JsonObject {
  const { name, learningRate } = config.optimizer[network];
  const { options } = optimizersOf(config).get(network) as { options: JsonObject };
  const { epsilon, ...others } = options;
  const eps = epsilon === undefined ? {} : { eps: epsilon };
  return { kind: name, lr: learningRate as number, ...others, ...eps };
}

/** Plays the first steps of training; feeds by `STEP/PHASE/INPUT`, losses by `losses/PHASE`. */
async function record(
  trainer: Trainer,
  moves: readonly ExportedMove[],
): Promise<Map<string, NamedTensor>> {
  const out = new Map<string, NamedTensor>();
  const losses = moves.map(() => new Float32Array(checkedSteps));
  for (let step = 0; step < checkedSteps; step++) {
    let at = 0;
    await trainer.advance((_phase, feeds, scalars) => {
      while (!isDue(trainer.game.plan[at] as Phase, step)) at++;
      const move = moves[at] as ExportedMove;
      for (const name of move.feeds) {
        const { dtype, dims, data } = feeds.get(name) as Tensor;
        const copy = data.slice() as Float32Array<ArrayBuffer>;
        const type = dtype === "i32" ? "I32" : "F32";
        out.set(`${step}/${move.name}/${name}`, { dtype: type, shape: dims, data: copy });
      }
      (losses[at] as Float32Array)[step] = scalars.get("loss") as number;
      at++;
    });
  }
  for (const [i, move] of moves.entries()) {
    const data = losses[i] as Float32Array<ArrayBuffer>;
    out.set(`losses/${move.name}`, { dtype: "F32", shape: [checkedSteps], data });
  }
  return out;
}

/** Training from the start with the rates of the start: what a manifest can say in one number. */
function withRates(config: RunConfig, scale: number): RunConfig {
  const constant = (network: "discriminator" | "generator") => {
    const optimizer = config.optimizer[network];
    const rate = scheduleAt(optimizer.learningRate as Schedule, 0);
    return { ...optimizer, learningRate: rate * scale };
  };
  const optimizer = {
    discriminator: constant("discriminator"),
    generator: constant("generator"),
  };
  return checkConfig({ ...config, optimizer, emaKimg: 0 });
}
