import { checkPlay, type PlaySettings } from "../../play/settings.ts";
import type { TourKey } from "./text.ts";

/** A game that goes wrong, and the same one with rules that mend it. */
export interface Illness {
  readonly name: TourKey;
  readonly text: TourKey;
  readonly sick: PlaySettings;
  readonly cured: PlaySettings;
}

interface Rules {
  readonly loss: string;
  readonly generator: number;
  readonly discriminator: number;
  /** Moves of G for each of D's; 1 by default. */
  readonly generatorSteps?: number;
}

/** Nothing but rules differs: networks, data and seed are the same, so both begin as one. */
function illness(
  name: TourKey,
  text: TourKey,
  { loss, generatorSteps = 1, ...rates }: Rules,
  { layers, width, batch }: { layers: number; width: number; batch: 128 | 256 },
): Illness {
  const networks = (generator: number, discriminator: number) => ({
    generator: { layers, width, learningRate: generator },
    discriminator: { layers, width, learningRate: discriminator },
  });
  return {
    ...{ name, text },
    sick: checkPlay({
      ...{ batch, loss, generatorSteps, r1: 0, r2: 0, average: 0 },
      ...networks(rates.generator, rates.discriminator),
    }),
    cured: checkPlay({ batch, ...networks(2e-3, 2e-3) }),
  };
}

/** What a small and a default pair of networks fall ill with, on the ring of eight. */
const small = { layers: 2, width: 32, batch: 128 } as const;
const usual = { layers: 3, width: 64, batch: 256 } as const;
export const illnesses: readonly Illness[] = [
  illness(
    "cures.collapse",
    "cures.collapseText",
    { loss: "non-saturating", generator: 1e-2, discriminator: 3e-4, generatorSteps: 10 },
    small,
  ),
  illness(
    "cures.oscillation",
    "cures.oscillationText",
    { loss: "non-saturating", generator: 1e-2, discriminator: 1e-2 },
    small,
  ),
  illness(
    "cures.divergence",
    "cures.divergenceText",
    { loss: "minimax", generator: 5e-2, discriminator: 1e-3 },
    usual,
  ),
];
