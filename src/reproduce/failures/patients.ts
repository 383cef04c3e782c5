import type { Finding, Intervention } from "../../health/index.ts";
import { recipeByName, withSetting } from "../../recipes/index.ts";
import { regularized } from "../pacgan.ts";
import type { RingConfig } from "./ring-patient.ts";

/** A run that is made to fail, or a healthy one. */
export interface Patient {
  readonly name: string;
  readonly steps: number;
  /** The illness that it is made to have; "none" for a healthy run. */
  readonly illness: string;
  /** How the run is judged in the end. */
  readonly metric: "FID" | "high quality %";
  /** Whether the figure with the guard is that of a run that has recovered. */
  recovered(before: number, after: number): boolean;
  readonly training:
    | { readonly kind: "images"; readonly config: Record<string, unknown> }
    | { readonly kind: "ring"; readonly config: RingConfig };
}

/** What became of a patient. */
export interface PatientOutcome {
  /** By the patient's metric. */
  readonly figure: number;
  readonly findings: readonly Finding[];
  readonly treated: readonly Intervention[];
}

/** Generated images that FID is measured on. */
const samples = 2000;

/** FID counts as recovered when it has fallen to this share, the quality of points when it has risen so. */
const muchLower = 0.75;
const muchHigher = 1 / muchLower;

function images(
  name: string,
  illness: string,
  steps: number,
  recipe: string,
  settings: readonly string[],
): Patient {
  const own = ["batch=32", "metrics=[]", `evalSamples=${samples}`, "pictures=1", "threads=1"];
  const length = `length={"steps":${steps}}`;
  const config = [...own, length, ...settings].reduce<unknown>(withSetting, {
    recipe,
    ...recipeByName(recipe).config,
  });
  return {
    name,
    steps,
    illness,
    metric: "FID",
    recovered: (before, after) => after < muchLower * before,
    training: { kind: "images", config: config as Record<string, unknown> },
  };
}

function ring(name: string, illness: string, settings: readonly string[]): Patient {
  const steps = 1200;
  const recipe = regularized(0.5, { learningRate: 2e-3, quantile: 0.2 }).recipe(
    (steps * 100) / 1000,
    false,
  );
  const base = { ...recipe, discriminatorSteps: 1, generatorSteps: 1, everyKimg: 4 };
  const config = settings.reduce<unknown>(withSetting, base) as RingConfig;
  return {
    name,
    steps,
    illness,
    metric: "high quality %",
    recovered: (before, after) => after > muchHigher * before,
    training: { kind: "ring", config },
  };
}

const rates = (discriminator: number, generator: number) => [
  `optimizer.discriminator.learningRate=${discriminator}`,
  `optimizer.generator.learningRate=${generator}`,
];
const momentum = ["optimizer.discriminator.beta1=0.9", "optimizer.generator.beta1=0.9"];
const small = ["size=28", "model.baseChannels=16"];

/** Five runs that are made to fail, each in one way, and three healthy ones. */
export const patients: readonly Patient[] = [
  images("learning rate x250", "divergence", 1000, "mlp", rates(0.05, 0.05)),
  ring("ring without regularizer", "oscillation", ["regularizers=[]", ...momentum]),
  images("100 images", "overfitting", 1600, "mlp", [...rates(2e-4, 2e-4), "data.limit=100"]),
  images("D 100 times faster", "overpowering-discriminator", 1000, "mlp", rates(2e-3, 2e-5)),
  images("G 100 times faster", "overpowering-generator", 1000, "mlp", rates(2e-5, 2e-3)),
  images("MNIST with R1", "none", 800, "mnist-dcgan", small),
  images("Fashion with R1", "none", 800, "fashion-dcgan", small),
  ring("ring with R1", "none", []),
];
