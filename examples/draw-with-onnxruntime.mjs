// Draws from an exported generator with ONNX Runtime alone: this is all that a service needs.
//   node examples/draw-with-onnxruntime.mjs generator.onnx picture.png
import * as ort from "onnxruntime-node";
import sharp from "sharp";

const [model = "generator.onnx", out = "picture.png"] = process.argv.slice(2);
const n = 16;

const session = await ort.InferenceSession.create(model);
const z = session.inputMetadata.find((input) => input.name === "z");
const latent = Number(z.shape[1]);
const feeds = {
  z: new ort.Tensor("float32", Float32Array.from({ length: n * latent }, normal), [n, latent]),
};
if (session.inputNames.includes("labels")) {
  feeds.labels = new ort.Tensor(
    "int32",
    Int32Array.from({ length: n }, (_, i) => i % 10),
    [n],
  );
}
const { images } = await session.run(feeds);
const [, channels, height, width] = images.dims;

// Side by side; planes [C,H,W] in [-1, 1] become interleaved bytes.
const bytes = new Uint8Array(n * width * height * channels);
for (let i = 0; i < n; i++) {
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = images.data[((i * channels + c) * height + y) * width + x];
        bytes[(y * n * width + i * width + x) * channels + c] = Math.round((value + 1) * 127.5);
      }
    }
  }
}
await sharp(bytes, { raw: { width: n * width, height, channels } }).toFile(out);
console.log(`wrote ${out}: ${n} pictures of ${width}x${height}`);

/** Box and Muller's way to N(0, 1). */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
