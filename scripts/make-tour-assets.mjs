// Trains the two small generators of the studio's tour, with this package's own recipes, and writes them to
// src/studio/web/tour/assets/: weights in half precision, what they are in the metadata. Needs dist/.
//   node scripts/make-tour-assets.mjs [digits] [letters] [--runs FOLDER] [--threads T]
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib.mjs";

const load = (path) => import(join(root, "dist", path));
const { asHalf } = await load("onnx/half.js");
const { encodeSafetensors } = await load("onnx/safetensors.js");
const { checkConfig, recipeByName } = await load("recipes/index.js");
const { checkTextConfig } = await load("recipes/text/index.js");
const { generatorGraph, sequenceSamplerGraph } = await load("adversarial/index.js");
const { Run, TextRun, trainConfig, trainText } = await load("train/index.js");
const { textGenerator, wordlessTokens } = await load("train/text/text-run.js");
const { writeFileAtomic } = await load("util/node/files.js");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: join(root, "runs") },
    threads: { type: "string", default: "1" },
  },
});
const wanted = positionals.length > 0 ? positionals : ["digits", "letters"];
const threads = Number(values.threads);
const folder = join(root, "src", "studio", "web", "tour", "assets");
mkdirSync(folder, { recursive: true });

/** Six numbers and a class: few enough to have a slider each. */
async function digits() {
  const { config } = recipeByName("mnist-quick");
  const out = join(resolve(values.runs), "tour-digits");
  const asked = checkConfig({
    ...config,
    recipe: "tour-digits",
    model: { ...config.model, latent: 6, baseChannels: 32 },
    size: 28,
    length: { kimg: 110 },
    ...{ threads, health: false, metrics: [], seed: 1 },
  });
  const run = existsSync(out) ? new Run(out) : await trainConfig(asked, { out });
  const { model, weights, classes, step } = run.generator();
  const { name, ...options } = run.config.model;
  write("digits", generatorGraph(model).variables, weights, {
    model: JSON.stringify({ name, options, image: model.image, classes }),
    step: String(step),
  });
}

/** Short sentences of English, letter by letter. */
async function letters() {
  const out = join(resolve(values.runs), "tour-letters");
  const asked = checkTextConfig({
    ...{ kind: "text", recipe: "tour-letters", length: 48, seed: 1, threads, metrics: [] },
    data: { name: "brown", minimumWords: 4, maximumWords: 11 },
    tokenizer: { kind: "character", minimumCount: 100 },
    generator: { name: "lstm", embedding: 24, hidden: 144 },
    stages: [
      {
        method: {
          name: "likelihood",
          learningRate: { from: 6e-3, to: 3e-4, over: 16, shape: "cosine" },
        },
        iterations: 16,
      },
    ],
  });
  const run = existsSync(out) ? new TextRun(out) : (await trainText(asked, { out })).run;
  const { config } = run;
  const tokenizer = run.tokenizer();
  const { weights, step } = run.weights();
  const generator = textGenerator(config, tokenizer.vocabulary);
  const { variables } = sequenceSamplerGraph(generator);
  write("letters", variables, weights, {
    generator: JSON.stringify(config.generator),
    tokenizer: JSON.stringify(tokenizer.json),
    never: JSON.stringify(wordlessTokens(config)),
    length: String(config.length),
    words: JSON.stringify(await commonWords(run)),
    step: String(step),
  });
}

/** Words that the training sentences have at least three times: what counts as a word in the demo. */
async function commonWords(run) {
  const texts = await run.openData("train");
  const counts = new Map();
  for (let i = 0; i < texts.count; i++) {
    for (const word of texts
      .textOf(i)
      .toLowerCase()
      .match(/[a-z']+/g) ?? []) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const common = [...counts].filter(([, n]) => n >= 3).map(([word]) => word);
  return common.sort().join(" ");
}

function write(name, variables, weights, metadata) {
  const tensors = new Map(
    variables.map((v) => [
      v.name,
      asHalf({ dtype: "F32", shape: v.shape, data: weights.get(v.name) }),
    ]),
  );
  const bytes = encodeSafetensors(tensors, { gansmith: `tour-${name}`, ...metadata });
  const file = join(folder, `${name}.safetensors`);
  writeFileAtomic(file, [bytes]);
  console.log(`${file}: ${bytes.length} bytes, ${metadata.step} steps`);
}

for (const name of wanted) await { digits, letters }[name]();
