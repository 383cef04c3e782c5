import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { optionalPackage } from "../../data/optional-package.ts";
import { GansmithError } from "../../util/errors.ts";
import { ioError } from "../../util/node/files.ts";
import type { KerasLayer, LayersModel, QuantizedWeight } from "./layers-model.ts";

/** The version whose files have the digests that are asked for. */
const packageVersion = "4.3.0";

/** A network in the npm package nsfwjs (MIT), whose files are CommonJS modules. */
export interface NsfwjsNetwork {
  /** Its folder, such as `inception_v3`. */
  readonly folder: string;
  readonly shards: number;
  /** sha256 over the files, in the order in which they are read. */
  readonly sha256: string;
}

/** What the package's files hold. */
interface Stored {
  readonly modelTopology: { readonly model_config: { readonly config: { layers: StoredLayer[] } } };
  readonly weightsManifest: readonly { readonly weights: readonly StoredWeight[] }[];
}

interface StoredLayer {
  readonly class_name: string;
  readonly config: KerasLayer["config"] & { readonly name: string };
  /** One call of the layer: [name of the layer before, ...] for each input. */
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization: { readonly min: number; readonly scale: number; readonly dtype: string };
}

/**
 * Reads a network's layers up to `last` from the installed package. Throws a `GansmithError` ("data")
 * that names the command which installs the package, or for files of another version.
 */
export function readNsfwjs(
  { folder, shards, sha256 }: NsfwjsNetwork,
  last: string,
  neededBy: string,
): LayersModel {
  // Its own needs, TensorFlow.js among them, are not ours.
  const command = `npm install nsfwjs@${packageVersion} --legacy-peer-deps`;
  const root = join(optionalPackage("nsfwjs", neededBy, command), "dist", "models", folder);
  const names = Array.from({ length: shards }, (_, i) => `group1-shard${i + 1}of${shards}.min.js`);
  const files = ["model.min.js", ...names].map((name) => join(root, name));
  const hash = createHash("sha256");
  for (const file of files) {
    try {
      hash.update(readFileSync(file));
    } catch (error) {
      throw ioError(`read ${file}`, error);
    }
  }
  const digest = hash.digest("hex");
  if (digest !== sha256) {
    throw new GansmithError(
      "data",
      `${neededBy}: the files in ${root} are not those of nsfwjs ${packageVersion}: their sha256 is ` +
        `${digest}, expected ${sha256}. Install it with: ${command}`,
    );
  }
  const require = createRequire(import.meta.url);
  const [model, ...parts] = files.map((file) => require(file) as unknown);
  const bytes = Buffer.concat((parts as string[]).map((part) => Buffer.from(part, "base64")));
  return layersUpTo(model as Stored, bytes, last);
}

function layersUpTo(model: Stored, bytes: Uint8Array, last: string): LayersModel {
  const stored = model.modelTopology.model_config.config.layers;
  const end = stored.findIndex((l) => l.config.name === last);
  const layers = stored.slice(0, end + 1).map((l): KerasLayer => {
    const inputs = (l.inbound_nodes[0] ?? []).map(([name]) => name);
    return { name: l.config.name, kind: l.class_name, config: settingsOf(l.config), inputs };
  });
  const used = new Set(layers.map((l) => l.name));
  const weights = new Map<string, QuantizedWeight>();
  let at = 0;
  for (const { name, shape, quantization } of model.weightsManifest.flatMap((g) => g.weights)) {
    const length = shape.reduce((a, b) => a * b, 1);
    if (used.has(name.slice(0, name.indexOf("/")))) {
      const { min, scale } = quantization;
      weights.set(name, { shape, bytes: bytes.subarray(at, at + length), min, scale });
    }
    at += length;
  }
  return { layers, weights };
}

const settings = ["activation", "epsilon", "max_value", "padding", "pool_size", "scale", "strides"];

/** What decides a layer's output. */
function settingsOf(config: KerasLayer["config"]): KerasLayer["config"] {
  return Object.fromEntries(Object.entries(config).filter(([key]) => settings.includes(key)));
}
