import type { Backend } from "../../src/runtime/session.ts";
import { settingsOf } from "../../src/studio/play/link.ts";
import { Playground } from "../../src/studio/play/playground.ts";

/** D's and G's losses of the first iterations of a link's game, [d, g, d, g, ...]. */
export async function playLosses(
  backend: Backend,
  query: string,
  steps: number,
): Promise<number[]> {
  const game = await Playground.create(settingsOf(query), backend);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const all = await game.advance();
    losses.push(all.get("d.loss") as number, all.get("g.loss") as number);
  }
  await game.release();
  return losses;
}
