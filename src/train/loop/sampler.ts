import { type GanModel, generatorGraph, type Players } from "../../adversarial/index.ts";
import { elementCount } from "../../graph/value.ts";
import type { Variable } from "../../nn/scope.ts";
import type { Backend, Session, Tensor } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";
import { Random } from "../../util/random.ts";

/** Draws samples from a generator. */
export class Sampler<Model extends Players = GanModel> {
  readonly model: Model;
  #session: Session;
  #variables: readonly Variable[];
  #weights = new Map<string, Tensor>();

  static async create<Model extends Players>(
    model: Model,
    backend: Backend,
  ): Promise<Sampler<Model>> {
    const { graph, variables } = generatorGraph(model);
    return new Sampler(model, await backend.compile(graph), variables);
  }

  private constructor(model: Model, session: Session, variables: readonly Variable[]) {
    this.model = model;
    this.#session = session;
    this.#variables = variables;
  }

  /** Takes the generator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: ReadonlyMap<string, Float32Array>): void {
    this.#weights = new Map(
      this.#variables.map((v) => {
        const data = arrays.get(v.name);
        if (data?.length !== elementCount(v.shape)) {
          throw usageError(`the weights have no array "${v.name}" of the model's shape.`);
        }
        return [v.name, { dtype: "f32", dims: v.shape, data }];
      }),
    );
  }

  /** z [N,latent] (and labels) -> images [N,C,H,W] in [-1, 1]. */
  async run(z: Float32Array, labels?: Int32Array): Promise<Float32Array> {
    const n = z.length / this.model.latent;
    const feeds = new Map(this.#weights).set("z", {
      dtype: "f32",
      dims: [n, this.model.latent],
      data: z,
    });
    if (this.model.classes > 0) {
      const data = labels ?? Int32Array.from({ length: n }, (_, i) => i % this.model.classes);
      feeds.set("labels", { dtype: "i32", dims: [n], data });
    }
    const { data } = (await this.#session.run(feeds)).get("images") as Tensor;
    return data as Float32Array;
  }

  /** `n` images in chunks; z comes from the seed's stream `samples`. */
  async *stream(
    n: number,
    seed: number,
    options: {
      readonly chunk?: number;
      readonly label?: number;
      readonly truncation?: number;
    } = {},
  ): AsyncGenerator<Float32Array> {
    const { chunk = 100, label, truncation = 1 } = options;
    const random = new Random(seed, "samples");
    for (let done = 0; done < n; done += chunk) {
      const count = Math.min(chunk, n - done);
      const z = new Float32Array(count * this.model.latent);
      random.fillNormal(z, truncation);
      const { classes } = this.model;
      const labels = Int32Array.from(
        { length: count },
        (_, i) => label ?? (done + i) % Math.max(classes, 1),
      );
      yield await this.run(z, labels);
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
