import type { Checkup } from "./checkup.ts";
import type { Curable, Finding, Illness, Sighting } from "./illness.ts";
import { collapse } from "./illnesses/collapse.ts";
import { divergence } from "./illnesses/divergence.ts";
import { oscillation } from "./illnesses/oscillation.ts";
import { overfitting } from "./illnesses/overfitting.ts";
import { overpoweringDiscriminator } from "./illnesses/overpowering-discriminator.ts";
import { overpoweringGenerator } from "./illnesses/overpowering-generator.ts";

/**
 * Every illness; a new one is a file and a line here. Causes come before what they also bring about:
 * the first that is recognised is told.
 */
export const illnesses: readonly Illness[] = [
  divergence,
  overpoweringGenerator,
  overpoweringDiscriminator,
  overfitting,
  collapse,
  oscillation,
];

/** What the latest checkup of a history shows; undefined for a healthy one. */
export function diagnose(history: readonly Checkup[], config: Curable): Finding | undefined {
  const step = history.at(-1)?.step ?? 0;
  for (const illness of illnesses) {
    const sighting = illness.recognise(history);
    if (sighting) return found(illness, sighting, step, config);
  }
  return undefined;
}

/** The finding where a number is no longer finite, after what was seen before. */
export function diverged(
  seen: string,
  step: number,
  history: readonly Checkup[],
  config: Curable,
): Finding {
  const since = (history.at(-1)?.step ?? 0) + 1;
  return found(divergence, { seen, since }, step, config);
}

function found(
  illness: Illness,
  { seen, since }: Sighting,
  step: number,
  config: Curable,
): Finding {
  const { name, advice } = illness;
  const settings = illness.cure(config, 0);
  const flags = settings.map((s) => `--set '${s}'`).join(" ");
  const change = settings.length > 0 ? `${advice}: ${flags}` : advice;
  return { illness: name, step, since, sentence: `${seen}; ${change}.`, settings };
}

/** What the illness of a finding is treated with when it was treated `times` times before. */
export function treatment(illness: string, config: Curable, times: number): readonly string[] {
  return illnesses.find((i) => i.name === illness)?.cure(config, times) ?? [];
}
