import { defaults, type Recipe } from "../../recipes/index.ts";
import type { Column } from "../table.ts";
import type { ImageData } from "./image-cells.ts";
import { imageTable } from "./image-table.ts";
import { fastAdam, r1 } from "./settings.ts";

const columns: readonly Column[] = [
  { key: "kid", title: "KID", format: (x) => x.toFixed(4), better: "lower" },
];

/** The emoji recipe at half the size. */
const base: Recipe["config"] = {
  ...defaults,
  model: { name: "dcgan", latent: 100, baseChannels: 32 },
  data: { name: "emoji" },
  size: 32,
  channels: 3,
  loss: { name: "non-saturating" },
  regularizers: [r1(1)],
  optimizer: fastAdam(60),
  batch: 32,
  emaKimg: 10,
  length: { kimg: 60 },
};

/** So many emoji to train on, for so long; judged against all that were held out. */
function few(limit: number, kimg: number): ImageData {
  return {
    name: `emoji-${limit}`,
    spec: { name: "emoji", limit },
    judgedBy: { name: "emoji" },
    base,
    kimg,
    fullKimg: 15 * kimg,
    minutesPerKimg: 0.03,
  };
}

/** The same game, with a further regularizer. */
const withAlso = (also?: { readonly name: string; readonly [option: string]: unknown }) => {
  return (kimg: number) => ({
    regularizers: [r1(1), ...(also ? [also] : [])],
    optimizer: fastAdam(kimg),
  });
};

/** Augmentation inside D where images are few (arXiv 2006.10738, 2006.06676). */
export const smallData = imageTable({
  name: "small-data",
  summary: "100 and 500 emoji: no augmentation, DiffAugment, ADA (about half an hour on 2 cores)",
  source: "DiffAugment, arXiv 2006.10738, and ADA, arXiv 2006.06676: other data, so no figures",
  methods: [
    { name: "none", settings: withAlso() },
    {
      name: "DiffAugment",
      settings: withAlso({ name: "diffaugment" }),
    },
    // The paper's adjustment takes 500 kimg from 0 to 1; a run here is shorter than that.
    {
      name: "ADA",
      settings: (kimg) => withAlso({ name: "ada", target: 0.6, kimg: kimg / 4 })(kimg),
    },
  ],
  data: [few(100, 40), few(500, 160)],
  columns,
  evalSamples: 2000,
});
