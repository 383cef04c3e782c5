import { elementCount } from "../../graph/value.ts";
import type { Variable } from "../../nn/scope.ts";
import type { NamedGraph } from "../../onnx/emit.ts";
import type { Backend, Session, Tensor } from "../../runtime/session.ts";
import { usageError } from "../../util/errors.ts";

/** Weights by variable name. */
export type Arrays = ReadonlyMap<string, Float32Array>;

/** A network as it is used: a compiled graph, and weights that stay until others are set. */
export class WeightedSession {
  readonly #session: Session;
  readonly #variables: readonly Variable[];
  #weights = new Map<string, Tensor>();

  static async compile(
    network: { readonly graph: NamedGraph; readonly variables: readonly Variable[] },
    backend: Backend,
  ): Promise<WeightedSession> {
    return new WeightedSession(await backend.compile(network.graph), network.variables);
  }

  private constructor(session: Session, variables: readonly Variable[]) {
    this.#session = session;
    this.#variables = variables;
  }

  /** Takes arrays by variable name. Throws a usage error where one is missing. */
  setWeights(arrays: Arrays): void {
    this.#weights = new Map(
      this.#variables.map(({ name, shape }) => {
        const data = arrays.get(name);
        if (data?.length !== elementCount(shape)) {
          throw usageError(`the weights have no array "${name}" of the model's shape.`);
        }
        return [name, { dtype: "f32", dims: shape, data }];
      }),
    );
  }

  /** The output of a name for the given inputs. */
  async run(inputs: Iterable<readonly [string, Tensor]>, output: string): Promise<Tensor["data"]> {
    const feeds = new Map([...this.#weights, ...inputs]);
    return ((await this.#session.run(feeds)).get(output) as Tensor).data;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
