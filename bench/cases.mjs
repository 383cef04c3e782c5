// What is timed, on gansmith's side: the work and the numbers of peers/cases.py.

import { buildGanStep } from "./case-gan.mjs";
import { buildLanguageCore, buildLanguageStep } from "./case-language.mjs";
import { buildRelganStep } from "./case-relgan.mjs";
import { buildSampling, buildSeqganGeneratorStep } from "./case-sequences.mjs";

/**
 * One case, ready to run.
 * @typedef {object} Case
 * @property {(index: number) => Promise<number[]>} step runs step `index`; gives its losses
 * @property {readonly string[]} sessions names of the compiled graphs, in the order of their making
 * @property {() => Promise<void>} release
 */

/** @type {Readonly<Record<string, (backend: import("../dist/runtime/index.js").Backend) => Promise<Case>>>} */
export const cases = {
  "article-step": (backend) => buildGanStep(backend, "mlp", { size: 64, channels: 1 }),
  "dcgan64-step": (backend) => buildGanStep(backend, "dcgan", { size: 64, channels: 1 }),
  "dcgan64-rgb-step": (backend) => buildGanStep(backend, "dcgan", { size: 64, channels: 3 }),
  "dcgan32-step": (backend) => buildGanStep(backend, "dcgan", { size: 32, channels: 1 }),
  "dcgan32-r1r2-step": (backend) =>
    buildGanStep(backend, "dcgan", { size: 32, channels: 1 }, ["r1", "r2"]),
  "lstm32-step": (backend) => buildLanguageStep(backend, 32),
  "lstm512-step": (backend) => buildLanguageStep(backend, 512),
  "lstm32-core": (backend) => buildLanguageCore(backend, 32),
  "lstm512-core": (backend) => buildLanguageCore(backend, 512),
  "lstm32-sample": (backend) => buildSampling(backend, 32, 10_000),
  "lstm512-sample": (backend) => buildSampling(backend, 512, 1_000),
  "relgan-step": (backend) => buildRelganStep(backend),
  "seqgan-generator-step": (backend) => buildSeqganGeneratorStep(backend),
};

export const caseNames = Object.keys(cases);
