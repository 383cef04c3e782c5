import { rateOf, withRate, withRegularizer } from "../cures.ts";
import { type Illness, meanOf } from "../illness.ts";

export const oscillation: Illness = {
  name: "oscillation",
  summary: "the players circle each other: what is gained is lost again and again",
  advice: "damp the game",
  recognise: (_history) => undefined,
  cure: (config, times) => [
    ...withRegularizer(config, "r1", { gamma: 1 }),
    ...(["discriminator", "generator"] as const).map((player) =>
      withRate(config, player, rateOf(config, player) / 2 ** (times + 1)),
    ),
  ],
};
void meanOf;
