import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatModelCard, type ModelCard, writeModelCard } from "./model-card.ts";
import { RunFolder } from "./run-folder.ts";

const card: ModelCard = {
  summary: "Hand-written digits, 32x32.",
  data: { name: "mnist", images: 60_000, license: "public" },
  recipe: { batchSize: 64, lr: 0.0002 },
  metrics: {
    fid: { value: 12.34567, floor: 0.98765, samples: 10_000 },
    confident: { value: 0.912 },
  },
  seed: 1,
  steps: 9375,
  kimg: 600,
  seconds: 612.3456,
  machine: { cpu: "2 cores", backend: "cpu" },
  versions: { "onnxruntime-node": "1.30.0" },
  picture: "samples/009375.png",
  use: ["gansmith resume runs/00001-mnist-dcgan"],
  floors: "The floor is what real images get.",
  notes: ["trained on two | cores <b>only</b>"],
};

test("the card says data, recipe, metrics with floors and samples, seed, versions, time, machine", () => {
  const text = formatModelCard("mnist-dcgan", card);
  for (const line of [
    "# mnist-dcgan",
    "![samples](samples/009375.png)",
    "| fid | 12.35 | 0.9877 | 10000 |",
    "| confident | 0.912 |  |  |",
    "| images | 60000 |",
    "| lr | 0.0002 |",
    "| seed | 1 |",
    "| time | 612.3 s |",
    "| cpu | 2 cores |",
    "| onnxruntime-node | 1.30.0 |",
    "- trained on two \\| cores &lt;b&gt;only&lt;/b&gt;",
    "The floor is what real images get.",
    "gansmith resume runs/00001-mnist-dcgan",
  ]) {
    expect(text.split("\n")).toContain(line);
  }
  expect(text).not.toContain("undefined");
});

test("a card without metrics or picture says so and leaves no hole", () => {
  const { picture: _, notes: __, ...rest } = card;
  const text = formatModelCard("x", { ...rest, metrics: {} });
  expect(text).toContain("Not judged.");
  expect(text).not.toMatch(/!\[|undefined|\n\n\n/);
});

test("texts are quoted as they are, whatever they hold", () => {
  const texts = ["the *sea*", "春眠不覺曉\n處處聞啼鳥"];
  const text = formatModelCard("x", { ...card, texts });
  expect(text).toContain(
    "\n\n## Samples\n\n> the \\*sea\\*\n\n> 春眠不覺曉\\\n> 處處聞啼鳥\n\n## Metrics",
  );
});

test("the card is the run's README.md, written anew each time", () => {
  const root = mkdtempSync(join(tmpdir(), "gansmith-card-"));
  try {
    const run = RunFolder.create({ root, name: "ring", config: {} });
    writeModelCard(run, card);
    writeModelCard(run, { ...card, summary: "Second." });
    expect(readFileSync(join(run.path, "README.md"), "utf8")).toContain("Second.");
    run.release();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
