import type { Game, Phase, Players } from "../adversarial/index.ts";
import * as ops from "../graph/ops/index.ts";
import { leaf, leafRole } from "../graph/ops/leaf.ts";
import { elementCount, type Value } from "../graph/value.ts";
import { Variables } from "../nn/scope.ts";
import type { Backend, Session, Tensor } from "../runtime/session.ts";
import { Random } from "../util/random.ts";
import type { Checkup } from "./checkup.ts";
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

interface Judged {
  readonly real: readonly number[];
  readonly held: readonly number[];
  readonly fake: readonly number[];
  readonly samples: Float32Array;
}

/** The first phase of a network is its own; later ones repeat it or add to it. */
function set(map: Map<string, number>, network: string, value: number): void {
  if (!map.has(network)) map.set(network, value);
}

/** Both players as in training; real [N,...], z -> logits of both, and the fakes, `samples`. */
function judgeGraph({ players, sample, batch, pack }: ExaminerSpec) {
  const variables = new Variables();
  const real = leaf("real", [batch, ...sample], { kind: "data" });
  const z = leaf("z", [batch, players.latent], { kind: "data" });
  const labels = players.classes > 0 ? leaf("labels", [batch], { kind: "data" }, "i32") : undefined;
  const samples = players.generator(variables.scope("generator"), z, labels);
  const packed = (x: Value) =>
    ops.reshape(x, [batch / pack, (sample[0] as number) * pack, ...sample.slice(1)]);
  const discriminate = (x: Value) => {
    const logits = players.discriminator(variables.scope("discriminator"), packed(x), labels);
    return ops.reshape(logits, [batch / pack]);
  };
  const outputs = new Map([
    ["realLogits", discriminate(real)],
    ["fakeLogits", discriminate(samples)],
    ["samples", samples],
  ]);
  const inputs = new Map([
    ["real", real],
    ["z", z],
    ...(labels ? [["labels", labels] as const] : []),
    ...variables.noise,
    ...[...variables.all.values()].map((v) => [v.name, v.value] as const),
  ]);
  return { name: "judge", inputs, outputs };
}

/** A phase without its updates: `loss`, its scalars, and the squared length of its gradient, `slope`. */
function moveGraph({ variables }: Game, phase: Phase) {
  const squares = [...phase.gradients.values()].map((g) => ops.reduceSum(ops.mul(g, g)));
  const slope = squares.reduce((a, b) => ops.add(a, b), ops.scalar(0));
  const arrays = [...variables.all.values()].map((v) => [v.name, v.value] as const);
  return {
    name: `examine-${phase.name}`,
    inputs: new Map([...arrays, ...phase.inputs]),
    outputs: new Map([["loss", phase.loss], ["slope", slope], ...phase.scalars]),
  };
}

/** A graph's random numbers and schedules. */
function* noiseFeeds(
  inputs: ReadonlyMap<string, Value>,
  kimg: number,
  random: Random,
): Generator<[string, Tensor]> {
  for (const [name, v] of inputs) {
    const role = leafRole(v);
    if (role.kind !== "noise" && role.kind !== "schedule") continue;
    const data = new Float32Array(elementCount(v.shape));
    if (role.kind === "schedule") data[0] = role.at(kimg);
    else if (role.distribution === "uniform") random.fillUniform(data);
    else random.fillNormal(data);
    yield [name, { dtype: "f32", dims: v.shape as readonly number[], data }];
  }
}

function ranks({ real, held, fake }: Judged) {
  const [realLogit, fakeLogit] = [mean(real), mean(fake)];
  const cut = (realLogit + fakeLogit) / 2;
  const above = (xs: readonly number[]) => mean(xs.map((x) => Number(x > cut)));
  return {
    realLogit,
    fakeLogit,
    realRight: above(real),
    fakeRight: 1 - above(fake),
    ranked: ranking(real, fake),
    ...(held.length > 0 && {
      heldLogit: mean(held),
      heldRight: above(held),
      recognised: ranking(real, held),
    }),
  };
}

/** Share of pairs in which a is above b; equal ones count half. */
function ranking(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const x of a) for (const y of b) sum += x > y ? 1 : x === y ? 0.5 : 0;
  return sum / (a.length * b.length);
}

function mean(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0) / xs.length;
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
