import { readFileSync } from "node:fs";
import { sequenceGenerator } from "../../models/index.ts";
import { decodeSafetensors } from "../../onnx/safetensors.ts";
import { cpuBackend } from "../../runtime/index.ts";
import type { Backend } from "../../runtime/session.ts";
import { type Stage, teach } from "../../train/sequence/course.ts";
import { SequenceJudge } from "../../train/sequence/sequence-judge.ts";
import { SequenceSampler } from "../../train/sequence/sequence-sampler.ts";
import { GansmithError } from "../../util/errors.ts";
import type { NamedOptions } from "../../util/named-options.ts";
import { ioError } from "../../util/node/files.ts";
import { Random } from "../../util/random.ts";
import { courseShare } from "../courses.ts";
import { drawOracle, oracleArrays, oracleNetwork, oracleVocabulary } from "./oracle.ts";

/** A generator and how it learns. */
export interface OracleRecipe {
  readonly generator: NamedOptions;
  readonly stages: readonly Stage[];
}

export interface OracleJob {
  readonly recipe: OracleRecipe;
  /** A seed, or the path of a .safetensors file. */
  readonly oracle: number | string;
  readonly length: number;
  /** Sequences to learn from, and as many to judge with as `judged` says. */
  readonly sequences: number;
  readonly judged: number;
  readonly seed: number;
}

/** A generator at one temperature; nats a token. */
export interface SweepPoint {
  readonly temperature: number;
  /** What the oracle thinks of its samples. */
  readonly nllOracle: number;
  /** What it thinks of the oracle's. */
  readonly nllTest: number;
  /** Share of its samples that occur once among them. */
  readonly distinct: number;
}

export interface OracleOutcome {
  /** What the oracle thinks of its own samples. */
  readonly floor: number;
  readonly sweep: readonly SweepPoint[];
  /** The iteration of the last stage whose weights were kept. */
  readonly iteration: number;
  readonly seconds: number;
}

const temperatures = [1.2, 1.1, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3];

/** Trains a generator on an oracle's sequences and judges it at every temperature. */
export async function runOracle(
  { recipe, oracle, length, sequences, judged, seed }: OracleJob,
  onProgress?: (fraction: number) => void,
): Promise<OracleOutcome> {
  const arrays = oracleOf(oracle);
  const backend = cpuBackend({ threads: 1 });
  const truth = await Language.open(oracleNetwork(length), backend);
  truth.setWeights(arrays);
  // Data belong to the oracle, so all seeds of a method learn from the same.
  const drawn = (n: number, what: string) => truth.sampler.draw(n, new Random(0, what));
  const [train, validation, test] = [
    await drawn(sequences, "train"),
    await drawn(Math.ceil(sequences / 10), "validation"),
    await drawn(judged, "test"),
  ];
  const shape = { vocabulary: oracleVocabulary, length, start: 0 };
  const generator = sequenceGenerator(recipe.generator, shape);
  const data = { generator, train, validation, seed, backend };
  const learned = await teach(
    {
      ...data,
      onIteration: (done) => onProgress?.(0.8 * courseShare(recipe.stages, done)),
    },
    recipe.stages,
  );
  const student = await Language.open(generator, backend);
  student.setWeights(learned.weights);
  const sweep: SweepPoint[] = [];
  for (const [i, temperature] of temperatures.entries()) {
    const samples = await student.sampler.draw(judged, new Random(seed, "samples"), {
      temperature,
    });
    sweep.push({
      temperature,
      nllOracle: await truth.judge.nll(samples),
      nllTest: await student.judge.nll(test, temperature),
      distinct: distinctShare(samples, length),
    });
    onProgress?.(0.8 + (0.2 * (i + 1)) / temperatures.length);
  }
  const floor = await truth.judge.nll(test);
  await truth.release();
  await student.release();
  const { iteration, seconds } = learned;
  return { floor, sweep, iteration, seconds };
}

/** A model of sequences, to draw from and to ask. */
class Language {
  readonly sampler: SequenceSampler;
  readonly judge: SequenceJudge;

  static async open(network: SequenceSampler["generator"], backend: Backend): Promise<Language> {
    const sampler = await SequenceSampler.create(network, backend);
    return new Language(sampler, await SequenceJudge.create(network, backend));
  }

  private constructor(sampler: SequenceSampler, judge: SequenceJudge) {
    this.sampler = sampler;
    this.judge = judge;
  }

  setWeights(arrays: ReadonlyMap<string, Float32Array>): void {
    this.sampler.setWeights(arrays);
    this.judge.setWeights(arrays);
  }

  async release(): Promise<void> {
    await this.sampler.release();
    await this.judge.release();
  }
}

/** An oracle's arrays, from a seed or a file. Throws where the file cannot be read or holds none. */
function oracleOf(oracle: number | string): ReturnType<typeof oracleArrays> {
  if (typeof oracle === "number") return oracleArrays(drawOracle(oracle));
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(oracle);
  } catch (error) {
    throw ioError(`read the oracle ${oracle}`, error);
  }
  try {
    return oracleArrays(decodeSafetensors(bytes).tensors);
  } catch (error) {
    if (!(error instanceof GansmithError)) throw error;
    throw new GansmithError(error.kind, `${oracle}: ${error.message}`, { cause: error });
  }
}

function distinctShare(sequences: Int32Array, length: number): number {
  const n = sequences.length / length;
  const texts = Array.from({ length: n }, (_, i) =>
    sequences.subarray(i * length, (i + 1) * length).join(),
  );
  return new Set(texts).size / n;
}
