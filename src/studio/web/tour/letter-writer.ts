import { generatorScope, type SequenceGenerator } from "../../../adversarial/index.ts";
import * as ops from "../../../graph/ops/index.ts";
import { leaf } from "../../../graph/ops/leaf.ts";
import { elementCount } from "../../../graph/value.ts";
import { sampleCategorical, Variables } from "../../../nn/index.ts";
import type { Backend, Session, Tensor } from "../../../runtime/session.ts";
import type { Random } from "../../../util/random.ts";

interface WriterOptions {
  /** Length of the hidden and of the cell vector. */
  readonly hidden: number;
  /** Tokens that are never drawn. */
  readonly never: readonly number[];
}

/**
 * Writes with an LSTM one place at a time: a graph of a single place is ready at once, where one of the
 * whole text takes a second to prepare. It draws the same tokens as `SequenceSampler`.
 */
export class LetterWriter {
  readonly #generator: SequenceGenerator;
  readonly #session: Session;
  readonly #weights: Map<string, Tensor>;
  readonly #hidden: number;

  static async create(
    generator: SequenceGenerator,
    weights: ReadonlyMap<string, Float32Array>,
    backend: Backend,
    { hidden, never }: WriterOptions,
  ): Promise<LetterWriter> {
    const { vocabulary } = generator;
    const variables = new Variables();
    const scope = variables.scope(generatorScope, "eval");
    const token = leaf("token", ["N"], { kind: "data" }, "i32");
    const uniform = leaf("uniform", ["N"], { kind: "noise", distribution: "uniform" });
    const temperature = leaf("temperature", [], { kind: "data" });
    const before = ["hidden", "cell"].map((name) => leaf(name, ["N", hidden], { kind: "data" }));
    const read = generator.read(scope, token, before);
    const { weight, bias } = generator.projection(scope);
    const logits = ops.add(ops.matMul(read.hidden, weight, { transB: true }), bias);
    const mask = Float64Array.from({ length: vocabulary }, (_, i) => Number(!never.includes(i)));
    const likely = ops.mul(
      ops.softmax(ops.div(logits, temperature), 1),
      ops.constant(mask, [1, vocabulary]),
    );
    const all = [...variables.all.values()];
    const given = [token, uniform, temperature, ...before];
    const names = ["token", "uniform", "temperature", "hidden", "cell"];
    const session = await backend.compile({
      name: "letter",
      inputs: new Map([
        ...given.map((value, i) => [names[i] as string, value] as const),
        ...all.map((v) => [v.name, v.value] as const),
      ]),
      outputs: new Map([
        ["next", sampleCategorical(likely, uniform)],
        ...read.state.map((value, i) => [`${names[3 + i]}-after`, value] as const),
      ]),
    });
    const tensors = all.map(({ name, shape }): [string, Tensor] => {
      const data = weights.get(name);
      if (data?.length !== elementCount(shape)) throw new Error(`no weights "${name}".`);
      return [name, { dtype: "f32", dims: shape, data }];
    });
    return new LetterWriter(generator, session, new Map(tensors), hidden);
  }

  private constructor(
    generator: SequenceGenerator,
    session: Session,
    weights: Map<string, Tensor>,
    hidden: number,
  ) {
    this.#generator = generator;
    this.#session = session;
    this.#weights = weights;
    this.#hidden = hidden;
  }

  /** `n` sequences, [n,T]; after a text's end comes nothing but ends. */
  async draw(n: number, random: Random, temperature: number): Promise<Int32Array> {
    const { length, start, end } = this.#generator;
    const uniforms = new Float32Array(length * n);
    random.fillUniform(uniforms);
    const zeros: Tensor = {
      dtype: "f32",
      dims: [n, this.#hidden],
      data: new Float32Array(n * this.#hidden),
    };
    const feeds = new Map(this.#weights);
    feeds.set("temperature", { dtype: "f32", dims: [], data: Float32Array.of(temperature) });
    feeds.set("hidden", zeros);
    feeds.set("cell", zeros);
    const all = new Int32Array(n * length);
    let tokens: Int32Array = new Int32Array(n).fill(start);
    for (let t = 0; t < length; t++) {
      const data = uniforms.slice(t * n, (t + 1) * n);
      feeds.set("token", { dtype: "i32", dims: [n], data: tokens });
      feeds.set("uniform", { dtype: "f32", dims: [n], data });
      const found = await this.#session.run(feeds);
      for (const name of ["hidden", "cell"]) {
        feeds.set(name, found.get(`${name}-after`) as Tensor);
      }
      const drawn = (found.get("next") as Tensor).data as Int32Array;
      const before = tokens;
      tokens = drawn.map((token, i) => (t > 0 && before[i] === end ? (end as number) : token));
      for (let i = 0; i < n; i++) all[i * length + t] = tokens[i] as number;
    }
    return all;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
