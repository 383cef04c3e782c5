import { recipeByName } from "../../recipes/index.ts";
import type { Column, Figures } from "../table.ts";
import { imageTable } from "./image-table.ts";
import { adam, fastAdam, r1, r2 } from "./settings.ts";

const columns: readonly Column[] = [
  { key: "modes", title: "modes", format: (x) => x.toFixed(1), better: "higher" },
  { key: "modes-kl", title: "KL", format: (x) => x.toFixed(3), better: "lower" },
];

const { config: ours } = recipeByName("stacked-mnist-dcgan");
const base = { ...ours, regularizers: [], optimizer: adam(), emaKimg: 0 };

const published = (modes: number | null, kl: number | null): Readonly<Record<string, Figures>> => ({
  "stacked-mnist": { modes, "modes-kl": kl },
});

/** Three digits as channels: how many of 1,000 modes a generator finds (arXiv 1712.04086). */
export const stackedMnist = imageTable({
  name: "stacked-mnist",
  summary: "1,000 modes of stacked digits: modes, KL (about 40 min on 2 cores)",
  source:
    "PacGAN, arXiv 1712.04086 (GAN is its DCGAN); RpGAN and GAN + R1 of R3GAN, arXiv 2501.05441, whose best has 1000 modes, KL 0.029",
  methods: [
    { name: "GAN", theirs: published(99, 3.4), settings: () => ({}) },
    {
      name: "GAN + R1",
      note: "published: fails",
      settings: () => ({ regularizers: [r1(1)] }),
    },
    {
      name: "RpGAN + R1 + R2",
      theirs: published(1000, 0.0781),
      settings: () => ({
        loss: { name: "relativistic" },
        regularizers: [r1(1), r2(1)],
        optimizer: adam(2e-4, 0, 0.99),
        emaKimg: 20,
      }),
    },
    { name: "PacGAN2", theirs: published(1000, 0.06), settings: () => ({ pack: 2 }) },
    {
      name: "ours",
      note: "GAN + R1 with a fast, falling rate and an average of G",
      settings: (kimg) => {
        const { regularizers, emaKimg } = ours;
        return { regularizers, emaKimg, optimizer: fastAdam(kimg) };
      },
    },
  ],
  data: [
    {
      name: "stacked-mnist",
      spec: { name: "stacked-mnist" },
      base,
      kimg: 600,
      // PacGAN's 50 epochs of 128,000 images.
      fullKimg: 6400,
      minutesPerKimg: 0.025,
    },
  ],
  columns,
  evalSamples: ours.evalSamples,
  seeds: 1,
});
