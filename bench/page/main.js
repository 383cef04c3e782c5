// The sides of bench/studio-play.mjs, each in the page's main thread: `makers` by name.

import { jaxGame } from "./jax-game.js";
import { ours } from "./ours.js";
import { tfjsGame } from "./tfjs-game.js";

const makers = {
  "gansmith wasm": () => ours(),
  "tfjs webgl": () => tfjsGame("webgl"),
  "tfjs wasm": () => tfjsGame("wasm"),
  "tfjs cpu": () => tfjsGame("cpu"),
  "jax-js wasm": () => jaxGame("wasm"),
  "jax-js webgl": () => jaxGame("webgl"),
  "jax-js webgpu": () => jaxGame("webgpu"),
};
const sides = new Map();

globalThis.bench = {
  names: Object.keys(makers),
  open: async (name) => {
    const side = await makers[name]();
    sides.set(name, side);
    return side.version;
  },
  /** Milliseconds a step over `n` steps, and D's loss at the last. */
  run: async (name, n) => {
    const side = sides.get(name);
    const start = performance.now();
    const loss = await side.run(n);
    return { ms: (performance.now() - start) / n, loss };
  },
};
