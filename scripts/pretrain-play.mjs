// Trains the playground's pairs to begin with: src/studio/web/pretrained/*.safetensors. Needs dist/.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib.mjs";

const load = (path) => import(join(root, "dist", path));
const { toys } = await load("data/toys/registry.js");
const { cpuBackend } = await load("runtime/index.js");
const { Observer } = await load("studio/play/observer.js");
const { Playground } = await load("studio/play/playground.js");
const { encodePlay } = await load("studio/play/save-file.js");
const { checkPlay } = await load("studio/play/settings.js");

const iterations = Number(process.argv[2] ?? 6000);
const folder = join(root, "src", "studio", "web", "pretrained");
mkdirSync(folder, { recursive: true });
const backend = cpuBackend({ threads: 1 });
for (const { name } of toys.filter((toy) => toy.name !== "drawing")) {
  const settings = checkPlay({ data: { name } });
  const game = await Playground.create(settings, backend);
  for (let i = 0; i < iterations; i++) await game.advance();
  const observer = await Observer.create(settings, backend);
  const { divergence, floor, modes } = await observer.scores(game);
  const bytes = encodePlay(await game.snapshot(), { weightsAlone: true });
  writeFileSync(join(folder, `${name}.safetensors`), bytes);
  const found = modes ? `, ${modes.covered} of ${modes.of} modes` : "";
  console.log(`${name}: JS ${divergence.js.toFixed(3)} (${floor.js.toFixed(3)} at best)${found}`);
  await observer.release();
  await game.release();
}
