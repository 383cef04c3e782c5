// Trains a DCGAN on MNIST from code, draws from it, and takes it elsewhere.
//   node examples/train-from-code.mjs [steps] [run folder]
import { writeFile } from "node:fs/promises";
import { dcgan, encodePng, mnist, nonSaturating, r1, train } from "gansmith";

const [steps = "200", out] = process.argv.slice(2);

const run = await train({
  model: dcgan({ size: 32, baseChannels: 16 }),
  data: mnist(),
  loss: nonSaturating(),
  regularizers: [r1({ gamma: 1 })],
  emaKimg: 2,
  batch: 32,
  steps: Number(steps),
  seed: 1,
  ...(out && { out }),
  onReport(report) {
    if (report.type !== "progress") return;
    const { step, scalars } = report;
    console.log(
      `step ${step}  D ${scalars["d.loss"].toFixed(3)}  G ${scalars["g.loss"].toFixed(3)}`,
    );
  },
});

const images = await run.sample(64); // Float32Array, NCHW in [-1, 1]
await writeFile(
  `${run.path}/grid.png`,
  await encodePng(images, { channels: 1, size: 32, scale: 2 }),
);
await run.export(`${run.path}/digits.onnx`);
console.log(`wrote ${run.path}/grid.png and ${run.path}/digits.onnx`);
