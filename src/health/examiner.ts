import type { Game, Phase, Players } from "../adversarial/index.ts";
import { elementCount, type Value } from "../graph/value.ts";
import type { Backend, Session, Tensor } from "../runtime/session.ts";
import { Random } from "../util/random.ts";
import type { Checkup } from "./checkup.ts";
import { judgeGraph, moveGraph, noiseFeeds } from "./examination-graphs.ts";
import { type JudgedLogits, ranks } from "./ranks.ts";
import { thumbnails, Yardstick } from "./spread.ts";

/** Real samples by index: [n, ...shape] into `out`, labels (-1 where there are none) into `labels`. */
export interface Reals {
  readonly count: number;
  read(indices: Uint32Array, out: Float32Array, labels: Int32Array): void;
}

export interface ExaminerSpec {
  readonly players: Players;
  /** The game as it is trained; only its graphs are used. */
  readonly game: Game;
  /** Shape of one sample. */
  readonly sample: readonly number[];
  readonly batch: number;
  /** Samples that D judges at a time. */
  readonly pack: number;
  readonly seed: number;
  readonly reals: Reals;
  /** Reals that training never sees, where there are any. */
  readonly held: Reals | undefined;
  readonly backend: Backend;
}

/** What the examiner asks of the game: arrays by name, as copies. */
export type ReadArrays = (names: readonly string[]) => Promise<Map<string, Float32Array>>;

/** Samples, and as many of the data, that diversity and coverage are measured on. */
const probes = 128;
/** At least so many logits of each kind are looked at. */
const judged = 96;

interface Move {
  readonly phase: Phase;
  readonly session: Session;
}

/**
 * Measures a game without taking part in it: graphs and random numbers of its own, arrays as copies.
 * A run with checkups is the same to the bit as one without.
 */
export class Examiner {
  readonly #spec: ExaminerSpec;
  readonly #judge: Session;
  readonly #judgeInputs: ReadonlyMap<string, Value>;
  readonly #moves: readonly Move[];
  readonly #yardstick: Yardstick;
  readonly #names: readonly string[];
  readonly #averages: readonly string[];
  readonly #initialLengths: ReadonlyMap<string, number>;

  /** `initial` are the arrays that the game began with; `averaged` says whether G has an average. */
  static async create(
    spec: ExaminerSpec,
    initial: ReadonlyMap<string, Float32Array>,
    averaged: boolean,
  ): Promise<Examiner> {
    const graph = judgeGraph(spec);
    const judge = await spec.backend.compile(graph);
    const moves: Move[] = [];
    try {
      for (const phase of new Set(spec.game.plan)) {
        moves.push({ phase, session: await spec.backend.compile(moveGraph(spec.game, phase)) });
      }
      return new Examiner(spec, judge, graph.inputs, moves, initial, averaged);
    } catch (error) {
      await judge.release();
      for (const { session } of moves) await session.release();
      throw error;
    }
  }

  private constructor(
    spec: ExaminerSpec,
    judge: Session,
    judgeInputs: ReadonlyMap<string, Value>,
    moves: readonly Move[],
    initial: ReadonlyMap<string, Float32Array>,
    averaged: boolean,
  ) {
    this.#spec = spec;
    this.#judge = judge;
    this.#judgeInputs = judgeInputs;
    this.#moves = moves;
    this.#names = [...spec.game.variables.all.keys()];
    this.#averages = averaged ? this.#trained("generator").map((name) => `ema/${name}`) : [];
    this.#initialLengths = new Map(
      ["discriminator", "generator"].map((n) => [n, lengthOf(initial, this.#trained(n))]),
    );
    const n = Math.min(probes, spec.reals.count);
    const data = this.#draw(spec.reals, n, new Random(spec.seed, "health/data")).samples;
    const rows = thumbnails(data, spec.sample);
    this.#yardstick = new Yardstick(rows, rows.length / n);
  }

  /** Examines the game as it stands; the same step always sees the same noise and reals. */
  async examine(step: number, kimg: number, read: ReadArrays): Promise<Checkup> {
    const random = new Random(this.#spec.seed, `health/${step}`);
    const arrays = await read([...this.#names, ...this.#averages]);
    const feeds = this.#arrayFeeds(arrays);
    const logits = await this.#logits(feeds, random);
    const moves = await this.#play(feeds, kimg, random);
    const growth = (network: string) =>
      lengthOf(arrays, this.#trained(network)) /
      Math.max(this.#initialLengths.get(network) ?? 0, 1e-12);
    const rows = thumbnails(logits.samples, this.#spec.sample);
    return {
      step,
      kimg,
      ...moves,
      ...ranks(logits),
      diversity: this.#yardstick.diversity(rows),
      coverage: this.#yardstick.coverage(rows),
      discriminatorGrowth: growth("discriminator"),
      generatorGrowth: growth("generator"),
      ...this.#averageDistance(arrays),
    };
  }

  async release(): Promise<void> {
    await this.#judge.release();
    for (const { session } of this.#moves) await session.release();
  }

  #trained(network: string): string[] {
    const { variables } = this.#spec.game;
    return variables.under(network).flatMap((v) => (v.trainable ? [v.name] : []));
  }

  #arrayFeeds(arrays: ReadonlyMap<string, Float32Array>): Map<string, Tensor> {
    const { all } = this.#spec.game.variables;
    return new Map(
      this.#names.map((name): [string, Tensor] => {
        const dims = all.get(name)?.shape ?? [];
        return [name, { dtype: "f32", dims, data: arrays.get(name) as Float32Array }];
      }),
    );
  }

  #draw(reals: Reals, n: number, random: Random) {
    const samples = new Float32Array(n * elementCount(this.#spec.sample));
    const labels = new Int32Array(n);
    reals.read(chooseIndices(reals.count, n, random), samples, labels);
    return { samples, labels };
  }

  #batchFeeds(reals: Reals, random: Random): [string, Tensor][] {
    const { batch, sample, players } = this.#spec;
    const { samples, labels } = this.#draw(reals, batch, random);
    const z = new Float32Array(batch * players.latent);
    random.fillNormal(z);
    return [
      ["real", { dtype: "f32", dims: [batch, ...sample], data: samples }],
      ["labels", { dtype: "i32", dims: [batch], data: labels }],
      ["z", { dtype: "f32", dims: [batch, players.latent], data: z }],
    ];
  }

  /** Logits of reals, held-out reals and fakes, and samples as G makes them in training. */
  async #logits(feeds: ReadonlyMap<string, Tensor>, random: Random): Promise<Judged> {
    const { batch, pack, reals, held, sample } = this.#spec;
    const out = { real: [] as number[], held: [] as number[], fake: [] as number[] };
    const one = elementCount(sample);
    const samples = new Float32Array(probes * one);
    const judge = async (from: Reals) => {
      const drawn = [
        ...noiseFeeds(this.#judgeInputs, 0, random),
        ...this.#batchFeeds(from, random),
      ];
      const results = await this.#judge.run(new Map([...feeds, ...drawn]));
      const get = (name: string) => (results.get(name) as Tensor).data as Float32Array;
      return { real: get("realLogits"), fake: get("fakeLogits"), samples: get("samples") };
    };
    let made = 0;
    while (out.real.length < judged / pack || made < probes) {
      const enough = out.real.length >= judged / pack;
      const found = await judge(reals);
      const part = found.samples.subarray(0, Math.min(batch, probes - made) * one);
      samples.set(part, made * one);
      made = Math.min(probes, made + batch);
      out.fake.push(...found.fake);
      if (!enough) out.real.push(...found.real);
      if (held && out.held.length < judged / pack) out.held.push(...(await judge(held)).real);
    }
    return { ...out, samples };
  }

  /** Losses, gradients and penalties of every move, on a batch of the doctor's own. */
  async #play(feeds: ReadonlyMap<string, Tensor>, kimg: number, random: Random) {
    const losses = new Map<string, number>();
    const slopes = new Map<string, number>();
    const penalties: Record<string, number> = {};
    const batch = this.#batchFeeds(this.#spec.reals, random);
    for (const { phase, session } of this.#moves) {
      const all = new Map([...feeds, ...noiseFeeds(phase.inputs, kimg, random), ...batch]);
      for (const [name, tensor] of await session.run(all)) {
        const value = (tensor as Tensor).data[0] as number;
        if (name === "loss") set(losses, phase.network, value);
        else if (name === "slope") set(slopes, phase.network, Math.sqrt(value));
        else if (!name.endsWith("Logit")) penalties[`${phase.name}.${name}`] = value;
      }
    }
    const of = (map: ReadonlyMap<string, number>, network: string) => map.get(network) ?? 0;
    return {
      discriminatorLoss: of(losses, "discriminator"),
      generatorLoss: of(losses, "generator"),
      discriminatorGradient: of(slopes, "discriminator"),
      generatorGradient: of(slopes, "generator"),
      penalties,
    };
  }

  #averageDistance(arrays: ReadonlyMap<string, Float32Array>) {
    if (this.#averages.length === 0) return {};
    let off = 0;
    for (const name of this.#averages) {
      const [average, raw] = [arrays.get(name), arrays.get(name.slice("ema/".length))];
      raw?.forEach((x, i) => {
        off += ((average?.[i] ?? 0) - x) ** 2;
      });
    }
    const raw = lengthOf(arrays, this.#trained("generator"));
    return { averageDistance: Math.sqrt(off) / Math.max(raw, 1e-12) };
  }
}

interface Judged extends JudgedLogits {
  readonly samples: Float32Array;
}

/** The first phase of a network is its own; later ones repeat it or add to it. */
function set(map: Map<string, number>, network: string, value: number): void {
  if (!map.has(network)) map.set(network, value);
}

function lengthOf(arrays: ReadonlyMap<string, Float32Array>, names: readonly string[]): number {
  let sum = 0;
  for (const name of names) for (const x of arrays.get(name) ?? []) sum += x * x;
  return Math.sqrt(sum);
}

/** `n` of `count` indices, all different where there are enough. */
function chooseIndices(count: number, n: number, random: Random): Uint32Array {
  if (n > count) return Uint32Array.from({ length: n }, () => random.below(count));
  if (2 * n > count) return random.permutation(count).slice(0, n);
  const chosen = new Set<number>();
  while (chosen.size < n) chosen.add(random.below(count));
  return Uint32Array.from(chosen);
}
