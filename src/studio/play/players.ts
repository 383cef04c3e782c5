import type { Players } from "../../adversarial/index.ts";
import { toyMlp } from "../../models/toy-mlp.ts";
import type { LoopConfig } from "../../train/loop/game-loop.ts";
import type { GameConfig } from "../../train/resolve.ts";
import type { PlaySettings } from "./settings.ts";

export function playersOf({ generator, discriminator, noise }: PlaySettings): Players {
  return toyMlp({ generator, discriminator, noise });
}

/** Settings as the configuration of a game and its training. */
export function configOf(settings: PlaySettings): GameConfig & LoopConfig {
  const { batch, pack, discriminatorSteps, r1, r2, gradientPenalty } = settings;
  const regularizers = [
    ...(r1 > 0 ? [{ name: "r1", gamma: r1 }] : []),
    ...(r2 > 0 ? [{ name: "r2", gamma: r2 }] : []),
    ...(gradientPenalty > 0 ? [{ name: "wgan-gp", weight: gradientPenalty }] : []),
  ];
  const optimizer = {
    discriminator: optimizerOf(settings.discriminator),
    generator: optimizerOf(settings.generator),
  };
  return {
    ...{ batch, pack, discriminatorSteps, regularizers, optimizer },
    loss: { name: settings.loss },
    // One more than is played, so that a move of G's with noise of its own is there to step alone.
    generatorSteps: Math.max(2, settings.generatorSteps),
    emaKimg: (settings.average * batch) / 1000,
  };
}

/** Adam without momentum: what two players who chase each other do best with (arXiv 1801.04406). */
function optimizerOf({ optimizer, learningRate }: PlaySettings["generator"]) {
  const own = optimizer === "adam" ? { beta1: 0, beta2: 0.99 } : {};
  return { name: optimizer, learningRate, ...own };
}
