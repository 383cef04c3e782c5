import { recipeByName } from "../../recipes/index.ts";
import type { Column, Figures } from "../table.ts";
import type { ImageData, ImageMethod } from "./image-cells.ts";
import { imageTable } from "./image-table.ts";
import { adam, fastAdam, r1, r2, wganRmsprop } from "./settings.ts";

const columns: readonly Column[] = [
  { key: "fid", title: "FID", format: (x) => x.toFixed(2), better: "lower" },
  { key: "kid", title: "KID", format: (x) => x.toFixed(4), better: "lower" },
  { key: "precision", title: "precision", format: (x) => x.toFixed(3), better: "higher" },
  { key: "recall", title: "recall", format: (x) => x.toFixed(3), better: "higher" },
  { key: "coverage", title: "coverage", format: (x) => x.toFixed(3), better: "higher" },
];

/** FIDs of Lucic et al. with Inception features. */
function lucic(mnist: number, fashion: number): Readonly<Record<string, Figures>> {
  return { mnist: { fid: mnist }, "fashion-mnist": { fid: fashion } };
}

/** WGAN's players: five D steps to one of G. */
const fiveSteps = { discriminatorSteps: 5 };

const methods: readonly ImageMethod[] = [
  { name: "NSGAN", theirs: lucic(6.8, 26.5), settings: () => ({}) },
  {
    name: "NSGAN + R1",
    settings: (kimg) => ({ regularizers: [r1(1)], optimizer: fastAdam(kimg) }),
  },
  {
    name: "MMGAN + R1",
    settings: (kimg) => ({
      loss: { name: "minimax" },
      regularizers: [r1(1)],
      optimizer: fastAdam(kimg),
    }),
  },
  {
    name: "LSGAN",
    theirs: lucic(7.8, 30.7),
    settings: () => ({ loss: { name: "least-squares" } }),
  },
  {
    name: "WGAN",
    theirs: lucic(6.7, 21.5),
    note: "RMSProp 5e-5, 5 D steps",
    settings: () => ({ loss: { name: "wasserstein" }, optimizer: wganRmsprop, ...fiveSteps }),
  },
  {
    name: "WGAN-GP",
    theirs: lucic(20.3, 24.5),
    note: "Adam 1e-4, beta 0 and 0.9, 5 D steps; D keeps its batch norm",
    settings: () => ({
      loss: { name: "wasserstein", clip: 0 },
      regularizers: [{ name: "wgan-gp" }],
      optimizer: adam(1e-4, 0, 0.9),
      ...fiveSteps,
    }),
  },
  { name: "hinge", settings: () => ({ loss: { name: "hinge" } }) },
  {
    name: "hinge + R1",
    settings: (kimg) => ({
      loss: { name: "hinge" },
      regularizers: [r1(1)],
      optimizer: fastAdam(kimg),
    }),
  },
  {
    name: "RpGAN + R1 + R2",
    note: "beta1 0",
    settings: (kimg) => ({
      loss: { name: "relativistic" },
      regularizers: [r1(1), r2(1)],
      optimizer: fastAdam(kimg, 0),
    }),
  },
  { name: "RaGAN", settings: () => ({ loss: { name: "relativistic-average" } }) },
  {
    name: "NSGAN + DRAGAN",
    theirs: lucic(7.6, 27.7),
    settings: () => ({ regularizers: [{ name: "dragan" }] }),
  },
];

/** A default recipe's networks, with DCGAN's own optimizer where the method has none. */
function dataOf(
  name: string,
  recipe: string,
  lengths: Pick<ImageData, "kimg" | "fullKimg" | "minutesPerKimg">,
): ImageData {
  const { config } = recipeByName(recipe);
  const base = { ...config, regularizers: [], optimizer: adam() };
  return { name, spec: { name }, base, ...lengths };
}

const digits = { kimg: 800, fullKimg: 1200, minutesPerKimg: 0.02 };

/** Losses and regularizers under one budget, as Lucic et al. compared them (arXiv 1711.10337). */
export const losses = imageTable({
  name: "losses",
  summary: "losses and regularizers on MNIST, Fashion-MNIST, emoji (a day on 2 cores)",
  source:
    "Lucic et al. 2018, arXiv 1711.10337, FID of Inception features: not comparable with ours",
  methods,
  data: [
    dataOf("mnist", "mnist-dcgan", digits),
    dataOf("fashion-mnist", "fashion-dcgan", digits),
    dataOf("emoji", "emoji-dcgan", { kimg: 300, fullKimg: 600, minutesPerKimg: 0.08 }),
  ],
  columns,
  evalSamples: 10_000,
});
