import { type GanModel, generatorGraph, type Players } from "../../adversarial/index.ts";
import type { Backend, Tensor } from "../../runtime/session.ts";
import { type SampleOptions, sampleInputs } from "./sample-inputs.ts";
import { type Arrays, WeightedSession } from "./weighted-session.ts";

/** Draws samples from a generator. */
export class Sampler<Model extends Players = GanModel> {
  readonly model: Model;
  #session: WeightedSession;

  static async create<Model extends Players>(
    model: Model,
    backend: Backend,
  ): Promise<Sampler<Model>> {
    return new Sampler(model, await WeightedSession.compile(generatorGraph(model), backend));
  }

  private constructor(model: Model, session: WeightedSession) {
    this.model = model;
    this.#session = session;
  }

  /** Takes the generator's arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#session.setWeights(arrays);
  }

  /** z [N,latent] (and labels) -> images [N,C,H,W] in [-1, 1]. */
  async run(z: Float32Array, labels?: Int32Array): Promise<Float32Array> {
    const n = z.length / this.model.latent;
    const feeds = new Map<string, Tensor>();
    feeds.set("z", { dtype: "f32", dims: [n, this.model.latent], data: z });
    if (this.model.classes > 0) {
      const data = labels ?? Int32Array.from({ length: n }, (_, i) => i % this.model.classes);
      feeds.set("labels", { dtype: "i32", dims: [n], data });
    }
    return (await this.#session.run(feeds, "images")) as Float32Array;
  }

  /** `n` images in chunks; z comes from the seed's stream `samples`. */
  async *stream(
    n: number,
    seed: number,
    options: SampleOptions = {},
  ): AsyncGenerator<Float32Array> {
    for (const { z, labels } of sampleInputs(this.model, n, seed, options)) {
      yield await this.run(z, labels);
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
