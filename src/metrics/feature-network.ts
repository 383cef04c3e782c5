import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import { rewriteGraph, withInputs } from "../graph/rewrite.ts";
import { type Dim, staticDim, type Value } from "../graph/value.ts";
import { Variables } from "../nn/index.ts";
import { decodeSafetensors } from "../onnx/safetensors.ts";
import type { Backend, Session, Tensor } from "../runtime/session.ts";
import { GansmithError } from "../util/errors.ts";
import { ioError } from "../util/node/files.ts";
import {
  classifier,
  classifierFeatures,
  classifierInput,
  classifierScope,
  classifierSize,
} from "./classifier-network.ts";
import type { FeatureNetworkFile } from "./feature-networks.ts";

/** What the network says of n images. */
export interface Features {
  /** [n, width]. */
  readonly features: Float32Array;
  /** Class probabilities [n, classes]. */
  readonly probabilities: Float32Array;
}

/** A classifier with fixed weights: images -> features and class probabilities. */
export class FeatureNetwork {
  /** Name, version and the first digits of the weights' sha256: `classifier-mnist-1-c608c1c0`. */
  readonly version: string;
  readonly width: number;
  readonly classes: number;
  #session: Session;

  /** Loads a registered network's weights and compiles it for images of one shape. */
  static async open(
    file: FeatureNetworkFile,
    backend: Backend,
    image: { readonly channels: number; readonly size: number },
  ): Promise<FeatureNetwork> {
    const weights = readWeights(file);
    const version = `${file.version}-${file.sha256.slice(0, 8)}`;
    return FeatureNetwork.create(version, weights, file, backend, image);
  }

  /** Compiles the network with the given weights, by variable name. Their order does not matter. */
  static async create(
    version: string,
    weights: ReadonlyMap<string, Float32Array>,
    { classes, eachChannel = false }: Pick<FeatureNetworkFile, "classes" | "eachChannel">,
    backend: Backend,
    image: { readonly channels: number; readonly size: number },
  ): Promise<FeatureNetwork> {
    const variables = new Variables();
    const shape = ["N", image.channels, image.size, image.size] as const;
    const images = leaf("images", shape, { kind: "data" });
    const scope = variables.scope(classifierScope, "eval");
    const seen = leaf("seen", ["N", 1, classifierSize, classifierSize], { kind: "data" });
    const { features, logits } = classifier(scope, seen, classes);
    const constants = new Map<Value, Value>();
    for (const v of variables.all.values()) {
      const data = weights.get(v.name);
      const count = v.shape.reduce((a, b) => a * b, 1);
      if (data?.length !== count) {
        throw new GansmithError(
          "data",
          `network ${version}: "${v.name}" needs ${count} weights, received ${data?.length ?? "none"}.`,
        );
      }
      constants.set(v.value, ops.constant(Float64Array.from(data), v.shape));
    }
    // As constants the runtime can arrange them for its kernels once.
    const judge = (x: Value) =>
      rewriteGraph([features, ops.softmax(logits)], (v, inputs) =>
        v === seen ? classifierInput(x) : (constants.get(v) ?? withInputs(v, inputs)),
      ) as [Value, Value];
    const planes = eachChannel
      ? Array.from({ length: image.channels }, (_, c) => ops.slice(images, 1, c, c + 1))
      : [images];
    const judged = planes.map(judge);
    const joint = judged.map(([, p]) => p).reduce(combinations);
    const outputs = [
      ops.concat(
        judged.map(([f]) => f),
        1,
      ),
      joint,
    ] as const;
    const session = await backend.compile({
      name: version,
      inputs: new Map([["images", images]]),
      outputs: new Map([
        ["features", outputs[0]],
        ["probabilities", outputs[1]],
      ]),
    });
    const width = planes.length * classifierFeatures;
    return new FeatureNetwork(version, width, classes ** planes.length, session);
  }

  private constructor(version: string, width: number, classes: number, session: Session) {
    this.version = version;
    this.width = width;
    this.classes = classes;
    this.#session = session;
  }

  /** Judges n images, [n,C,H,W] in [-1, 1]. */
  async run(images: Tensor): Promise<Features> {
    const results = await this.#session.run(new Map([["images", images]]));
    return {
      features: (results.get("features") as Tensor).data as Float32Array,
      probabilities: (results.get("probabilities") as Tensor).data as Float32Array,
    };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** Probabilities of independent pairs: [N,a] and [N,b] -> [N,a b], the first one leading. */
function combinations(p: Value, q: Value): Value {
  const [a, b] = [staticDim(p, 1), staticDim(q, 1)];
  const n = p.shape[0] as Dim;
  return ops.reshape(ops.mul(ops.reshape(p, [n, a, 1]), ops.reshape(q, [n, 1, b])), [n, a * b]);
}

/** Reads a weights file that the package brings and makes sure that it is the one meant. */
function readWeights(file: FeatureNetworkFile): Map<string, Float32Array> {
  const url = new URL(`../../assets/${file.asset}`, import.meta.url);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(url);
  } catch (error) {
    throw ioError(`read the weights of network ${file.version}, assets/${file.asset}`, error);
  }
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (digest !== file.sha256) {
    throw new GansmithError(
      "data",
      `network ${file.version}: assets/${file.asset} is damaged: its sha256 is ${digest}, ` +
        `expected ${file.sha256}. Install gansmith again.`,
    );
  }
  const { tensors } = decodeSafetensors(bytes);
  return new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]));
}
