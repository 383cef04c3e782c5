import { wasmBackend } from "../../src/runtime/web.ts";
import { Playground } from "../../src/studio/play/playground.ts";
import { defaultPlay } from "../../src/studio/play/settings.ts";

/** The page's own engine, losses read at every step. */
export async function ours() {
  const game = await Playground.create(
    defaultPlay,
    wasmBackend({ wasmPaths: "/ort/", threads: 1 }),
  );
  return {
    version: "",
    run: async (n) => {
      let losses = new Map();
      for (let i = 0; i < n; i++) losses = await game.advance();
      return losses.get("d.loss");
    },
  };
}
