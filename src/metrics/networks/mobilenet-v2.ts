import { GansmithError } from "../../util/errors.ts";
import { type Asset, readAsset } from "./asset.ts";
import type { KerasLayer, LayersModel } from "./layers-model.ts";
import { photoNetwork } from "./photo-network.ts";

const file: Asset = {
  asset: "mobilenet-v2.safetensors",
  sha256: "5483d631fadce62e179fae4097d7a306c9a355e45dc01b548321d45c9ad2a0f6",
};

/**
 * MobileNetV2 (arXiv 1801.04381), the 1280 numbers before its classifier, from nsfwjs 4.3.0 (MIT).
 * Differs: its weights have 8 bits, and it was trained further to sort five kinds of pictures.
 */
export const mobilenetV2 = photoNetwork({
  name: "mobilenet-v2",
  version: 1,
  sha256: file.sha256,
  width: 1280,
  size: 224,
  samples: 5000,
  read: readMobilenet,
});

function readMobilenet(): LayersModel {
  const { tensors, metadata } = readAsset(file, "mobilenet-v2");
  const layers = JSON.parse(metadata.layers ?? "[]") as KerasLayer[];
  const ranges = JSON.parse(metadata.ranges ?? "{}") as Record<string, [number, number]>;
  const weights = [...tensors].map(([name, { shape, data }]) => {
    const range = ranges[name];
    if (!range) throw new GansmithError("data", `assets/${file.asset}: "${name}" has no range.`);
    const [min, scale] = range;
    return [name, { shape, bytes: data as Uint8Array, min, scale }] as const;
  });
  return { layers, weights: new Map(weights) };
}
