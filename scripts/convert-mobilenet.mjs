// Writes assets/mobilenet-v2.safetensors from the npm package nsfwjs (MIT): the layers up to the
// features and their weights of 8 bits, as they are. After it, put the printed sha256 into
// src/metrics/networks/mobilenet-v2.ts.
//   npm install --no-save --legacy-peer-deps nsfwjs@4.3.0 && npm run build && node scripts/convert-mobilenet.mjs
import { createHash } from "node:crypto";
import { join } from "node:path";

const dist = join(import.meta.dirname, "../dist");
const load = (path) => import(join(dist, path));
const { readNsfwjs } = await load("metrics/networks/nsfwjs-package.js");
const { encodeSafetensors } = await load("onnx/safetensors.js");
const { writeFileAtomic } = await load("util/node/files.js");

const stored = {
  folder: "mobilenet_v2",
  shards: 1,
  sha256: "6538192f6b4d73e4d62a4828f3836cbb7418120e3edeea38adf448e75642677c",
};
const { layers, weights } = readNsfwjs(stored, "flatten_1", "convert-mobilenet");
const tensors = new Map();
const ranges = {};
for (const [name, { shape, bytes, min, scale }] of weights) {
  tensors.set(name, { dtype: "U8", shape, data: bytes });
  ranges[name] = [min, scale];
}
const metadata = {
  source: "mobilenet_v2 of nsfwjs 4.3.0",
  license: "MIT, Copyright (c) 2019 Infinite Red, Inc.",
  layers: JSON.stringify(layers),
  ranges: JSON.stringify(ranges),
};
const bytes = encodeSafetensors(tensors, metadata);
const out = join(import.meta.dirname, "../assets/mobilenet-v2.safetensors");
writeFileAtomic(out, bytes);
const sha256 = createHash("sha256").update(bytes).digest("hex");
console.log(JSON.stringify({ out, bytes: bytes.length, layers: layers.length, sha256 }));
