import * as ops from "../../graph/ops/index.ts";
import { staticDim, type Value } from "../../graph/value.ts";
import { relu } from "../../nn/index.ts";
import { GansmithError } from "../../util/errors.ts";
import { averagePool, maxPool, samePadding, type Window } from "./pooling.ts";

/** A layer as Keras describes it; `inputs` are names of layers that stand before it. */
export interface KerasLayer {
  readonly name: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
}

/** Weights of 8 bits: byte x stands for `min + scale x`. */
export interface QuantizedWeight {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly min: number;
  readonly scale: number;
}

/** A trained network in the form of Keras: layers in order, weights as `layer/kernel`. */
export interface LayersModel {
  readonly layers: readonly KerasLayer[];
  readonly weights: ReadonlyMap<string, QuantizedWeight>;
}

/**
 * The output [N, width] of a network's last layer for images [N,C,H,W] in the range that it was
 * trained on. Batch norm is folded into the convolution before it. Throws a `GansmithError` ("data")
 * for layers that it does not know.
 */
export function applyLayers({ layers, weights }: LayersModel, images: Value): Value {
  const values = new Map<string, Value>();
  const read = new Reader(layers, weights);
  let last = images;
  for (const layer of layers) {
    const inputs = layer.inputs.map((name) => values.get(name) as Value);
    const apply = kinds[layer.kind];
    if (!apply) {
      throw new GansmithError(
        "data",
        `layer "${layer.name}" is of the unknown kind ${layer.kind}.`,
      );
    }
    last = layer.kind === "InputLayer" ? images : apply(inputs, layer, read);
    values.set(layer.name, last);
  }
  return last;
}

/** Weights as numbers, and the layers by whom they feed. */
class Reader {
  readonly #weights: LayersModel["weights"];
  readonly #layers: ReadonlyMap<string, KerasLayer>;
  readonly #readers = new Map<string, KerasLayer>();

  constructor(layers: readonly KerasLayer[], weights: LayersModel["weights"]) {
    this.#weights = weights;
    this.#layers = new Map(layers.map((l) => [l.name, l]));
    for (const l of layers) for (const from of l.inputs) this.#readers.set(from, l);
  }

  numbers(name: string): Float64Array {
    const { bytes, min, scale } = this.weight(name);
    return Float64Array.from(bytes, (x) => min + scale * x);
  }

  weight(name: string): QuantizedWeight {
    const found = this.#weights.get(name);
    if (!found) throw new GansmithError("data", `weight "${name}" is missing.`);
    return found;
  }

  /** Zeros [top, left, bottom, right] that the padding layer before a convolution adds. */
  paddingBefore({ inputs }: KerasLayer): readonly [number, number, number, number] | undefined {
    const before = this.#layers.get(inputs[0] as string);
    if (before?.kind !== "ZeroPadding2D") return undefined;
    const [[top, bottom], [left, right]] = before.config.padding as [number[], number[]];
    return [top as number, left as number, bottom as number, right as number];
  }

  /** Factor and offset [channels] of the batch norm behind a convolution. */
  normAfter({ name }: KerasLayer): { factor: Float64Array; offset: Float64Array } {
    const norm = this.#readers.get(name);
    if (norm?.kind !== "BatchNormalization") {
      throw new GansmithError("data", `layer "${name}" has no batch norm behind it.`);
    }
    const of = (weight: string) => this.numbers(`${norm.name}/${weight}`);
    const [mean, variance, beta] = [of("moving_mean"), of("moving_variance"), of("beta")];
    const gamma = norm.config.scale === false ? undefined : of("gamma");
    const epsilon = norm.config.epsilon as number;
    const factor = variance.map((v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + epsilon));
    const offset = beta.map((b, c) => b - (mean[c] as number) * (factor[c] as number));
    return { factor, offset };
  }
}

type Apply = (inputs: readonly Value[], layer: KerasLayer, read: Reader) => Value;

const same: Apply = (inputs) => inputs[0] as Value;

const kinds: Readonly<Record<string, Apply>> = {
  InputLayer: same,
  // Both belong to the convolution beside them.
  ZeroPadding2D: same,
  BatchNormalization: same,
  Conv2D: (inputs, layer, read) => convolution(inputs[0] as Value, layer, read, "kernel"),
  DepthwiseConv2D: (inputs, layer, read) =>
    convolution(inputs[0] as Value, layer, read, "depthwise_kernel"),
  ReLU: ([x], { config }) => {
    const most = config.max_value as number | null;
    const y = relu(x as Value);
    return most === null ? y : ops.minimum(y, ops.scalar(most));
  },
  Activation: ([x], { name, config }) => {
    if (config.activation === "relu") return relu(x as Value);
    throw new GansmithError("data", `activation "${name}" is ${config.activation}, expected relu.`);
  },
  Add: ([a, b]) => ops.add(a as Value, b as Value),
  Concatenate: (inputs) => ops.concat(inputs, 1),
  MaxPooling2D: ([x], { config }) => maxPool(x as Value, windowsOf(config, config.pool_size)),
  AveragePooling2D: ([x], { config }) =>
    averagePool(x as Value, windowsOf(config, config.pool_size)),
  Flatten: ([v]) => {
    const x = v as Value;
    // Keras' order of axes differs from ours, which only one pixel hides.
    if (staticDim(x, 2) * staticDim(x, 3) !== 1) {
      throw new GansmithError("data", "only images of one pixel can be flattened.");
    }
    return ops.reshape(x, [x.shape[0] as string, staticDim(x, 1)]);
  },
};

function windowsOf(config: KerasLayer["config"], size: unknown): readonly [Window, Window] {
  const [kh, kw] = size as [number, number];
  const [sy, sx] = config.strides as [number, number];
  const isSame = config.padding === "same";
  return [
    { size: kh, stride: sy, same: isSame },
    { size: kw, stride: sx, same: isSame },
  ];
}

/** Convolution and the batch norm behind it; kernels [h,w,in,out], depthwise ones [h,w,channels,1]. */
function convolution(x: Value, layer: KerasLayer, read: Reader, name: string): Value {
  const kernel = read.weight(`${layer.name}/${name}`);
  const [kh, kw, inner, outer] = kernel.shape as [number, number, number, number];
  const depthwise = name === "depthwise_kernel";
  const [channels, perGroup] = depthwise ? [inner, 1] : [outer, inner];
  const data = read.numbers(`${layer.name}/${name}`);
  const { factor, offset } = read.normAfter(layer);
  const weight = new Float64Array(data.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < perGroup; i++) {
      for (let k = 0; k < kh * kw; k++) {
        const at = depthwise ? k * channels + c : (k * inner + i) * outer + c;
        weight[(c * perGroup + i) * kh * kw + k] = (data[at] as number) * (factor[c] as number);
      }
    }
  }
  const [rows, columns] = windowsOf(layer.config, [kh, kw]);
  const [top, bottom] = rows.same ? samePadding(staticDim(x, 2), rows) : [0, 0];
  const [left, right] = columns.same ? samePadding(staticDim(x, 3), columns) : [0, 0];
  const y = ops.conv(x, ops.constant(weight, [channels, perGroup, kh, kw]), {
    strides: [rows.stride, columns.stride],
    pads: read.paddingBefore(layer) ?? [top, left, bottom, right],
    groups: depthwise ? channels : 1,
  });
  return ops.add(y, ops.constant(offset, [1, channels, 1, 1]));
}
