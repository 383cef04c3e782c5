import { leaf } from "../graph/ops/leaf.ts";
import type { Value } from "../graph/value.ts";
import type { Backend, Session, Tensor } from "../runtime/session.ts";

/** What a network makes of images [N,C,H,W], as a graph. */
export interface FeatureValues {
  /** [N, width]. */
  readonly features: Value;
  /** Class probabilities [N, classes], where the network's classes are the data set's. */
  readonly probabilities?: Value;
}

/** A network with fixed weights that judges images. */
export interface FeatureNetworkDefinition {
  /** What a user calls it, such as `mobilenet-v2`. */
  readonly name: string;
  /** Name, version and the first digits of its weights' sha256: figures of different ones are never compared. */
  readonly version: string;
  /** The data set that it was trained on and is chosen for; absent: any images. */
  readonly data?: string;
  /** Length of its feature vectors. */
  readonly width: number;
  /** 0 where its classes mean nothing for the data. */
  readonly classes: number;
  /** Images that go through it at once: what a few hundred megabytes hold. */
  readonly batch: number;
  /** Most samples that are judged by default: what two cores do in about two minutes. */
  readonly samples: number;
  /** Most real images of a split whose features are compared; of more, a fixed random choice. */
  readonly references: number;
  /** Reads the weights and applies them to images [N,C,H,W] in [-1, 1], grey or colour, of any size. */
  build(images: Value): FeatureValues;
}

/** What the network says of n images. */
export interface Features {
  /** [n, width]. */
  readonly features: Float32Array;
  /** Class probabilities [n, classes]. */
  readonly probabilities: Float32Array;
}

/** A feature network, compiled: images -> features and class probabilities. */
export class FeatureNetwork {
  readonly definition: FeatureNetworkDefinition;
  #session: Session;

  /** Loads a network's weights and compiles it for images of one shape. */
  static async open(
    definition: FeatureNetworkDefinition,
    backend: Backend,
    image: { readonly channels: number; readonly size: number },
  ): Promise<FeatureNetwork> {
    const shape = ["N", image.channels, image.size, image.size] as const;
    const images = leaf("images", shape, { kind: "data" });
    const { features, probabilities } = definition.build(images);
    const outputs = new Map([["features", features]]);
    if (probabilities) outputs.set("probabilities", probabilities);
    const inputs = new Map([["images", images]]);
    const session = await backend.compile({ name: definition.name, inputs, outputs });
    return new FeatureNetwork(definition, session);
  }

  private constructor(definition: FeatureNetworkDefinition, session: Session) {
    this.definition = definition;
    this.#session = session;
  }

  get version(): string {
    return this.definition.version;
  }

  get width(): number {
    return this.definition.width;
  }

  get classes(): number {
    return this.definition.classes;
  }

  /** Judges n images, [n,C,H,W] in [-1, 1]. */
  async run(images: Tensor): Promise<Features> {
    const results = await this.#session.run(new Map([["images", images]]));
    const of = (name: string) => (results.get(name) as Tensor | undefined)?.data as Float32Array;
    return { features: of("features"), probabilities: of("probabilities") ?? new Float32Array(0) };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
