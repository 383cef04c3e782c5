import { beforeAll, describe, expect, test } from "vitest";
import {
  buildGame,
  type Game,
  isDue,
  lossByName,
  losses,
  regularizerByName,
  regularizers,
} from "../src/adversarial/index.ts";
import { elementCount } from "../src/graph/value.ts";
import { modelByName } from "../src/models/index.ts";
import { optimizers } from "../src/optim/index.ts";
import { cpuBackend, referenceBackend, webgpuBackend } from "../src/runtime/index.ts";
import type { Backend, Tensor } from "../src/runtime/session.ts";
import { createEngine } from "../src/train/engine/create-engine.ts";
import { feedSchedules, NoiseSource } from "../src/train/loop/noise.ts";
import { Random } from "../src/util/random.ts";
import { useSoftwareVulkan } from "./support/chromium.ts";

interface Setting {
  readonly model: string;
  readonly options: object;
  readonly size: number;
  readonly loss?: string;
  readonly regularizer?: string;
  readonly interval?: number;
  readonly pack?: number;
  readonly classes?: number;
  readonly generatorSteps: number;
  readonly discriminatorSteps: number;
}

const batch = 8;
/** Large, or a gradient that is rounding alone would become a whole step of the learning rate. */
const epsilon = 0.01;
const mlpGame: Setting = {
  model: "mlp",
  options: { latent: 6 },
  size: 4,
  generatorSteps: 1,
  discriminatorSteps: 1,
};
const dcganGame: Setting = {
  ...mlpGame,
  model: "dcgan",
  options: { latent: 6, baseChannels: 4 },
  size: 28,
};

const small = { latent: 6, baseChannels: 8, maxChannels: 16, conditional: true };
/** Every other family of players, small, with classes where it knows them. */
const families: Readonly<Record<string, Setting>> = {
  r3gan: {
    ...mlpGame,
    model: "r3gan",
    options: small,
    size: 16,
    classes: 3,
    loss: "relativistic",
    regularizer: "r2",
  },
  stylegan2: { ...mlpGame, model: "stylegan2", options: small, size: 16, classes: 3 },
  resnet: { ...mlpGame, model: "resnet", options: small, size: 32, classes: 3, loss: "hinge" },
  infogan: {
    ...dcganGame,
    model: "infogan",
    options: { noise: 4, categories: 3, continuous: 1, baseChannels: 4 },
  },
  "dcgan that sees the label as a plane": {
    ...dcganGame,
    options: { ...dcganGame.options, conditional: "concatenation", minibatchStddev: true },
    classes: 3,
  },
};

function withDefaults<Rule extends { readonly schema: { parse(x: unknown): unknown } }>(
  rule: Rule,
) {
  return { rule, options: rule.schema.parse({}) };
}

function gameOf(s: Setting): Game {
  const definition = modelByName(s.model);
  const image = { channels: 1, size: s.size };
  return buildGame({
    model: definition.build(definition.schema.parse(s.options), image, s.classes ?? 0),
    sample: [1, s.size, s.size],
    loss: withDefaults(lossByName(s.loss ?? "non-saturating")),
    regularizers: s.regularizer
      ? [{ ...withDefaults(regularizerByName(s.regularizer)), interval: s.interval ?? 1 }]
      : [],
    pack: s.pack ?? 1,
    batch,
    discriminatorSteps: s.discriminatorSteps,
    generatorSteps: s.generatorSteps,
  });
}

/** Plays some iterations from seeded weights; losses in order, and all arrays at the end. */
async function play(setting: Setting, backend: Backend, optimizer: string, steps: number) {
  const game = gameOf(setting);
  const rule = optimizers.find((o) => o.name === optimizer);
  if (!rule) throw new Error(optimizer);
  const how = { rule, options: rule.schema.parse(rule.slots.length > 1 ? { epsilon } : {}) };
  const engine = await createEngine(
    game,
    backend,
    new Map([
      ["discriminator", how],
      ["generator", how],
    ]),
  );
  const random = new Random(1, "test");
  const arrays = new Map<string, Float32Array>();
  for (const v of game.variables.all.values()) {
    const data = new Float32Array(elementCount(v.shape));
    v.initializer(data, random, v.shape);
    arrays.set(v.name, data);
  }
  await engine.write(arrays);
  const noise = new NoiseSource(game, 1);
  const dims = [batch, 1, setting.size, setting.size];
  const real: Tensor = { dtype: "f32", dims, data: new Float32Array(elementCount(dims)) };
  const feeds = new Map([["real", real]]);
  const { classes = 0 } = setting;
  const labels = Int32Array.from({ length: batch }, (_, i) => i % classes);
  if (classes > 0) feeds.set("labels", { dtype: "i32", dims: [batch], data: labels });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    for (const phase of game.plan) {
      if (!isDue(phase, i)) continue;
      if (phase.network === "discriminator" && !phase.interval)
        random.fillUniform(real.data as Float32Array, -1, 1);
      noise.feed(phase, feeds);
      feedSchedules(phase, i, feeds);
      losses.push((await engine.play(phase, feeds, 1e-3)).get("loss") as number);
    }
    await engine.average(0.9);
  }
  const final = await engine.read();
  await engine.release();
  return { losses, final };
}

type Played = Awaited<ReturnType<typeof play>>;

function expectSame(a: Played, b: Played, tolerance: number): void {
  expect(a.losses.length).toBe(b.losses.length);
  a.losses.forEach((x, i) => {
    const y = b.losses[i] as number;
    expect(Math.abs(x - y) / Math.max(1, Math.abs(y)), `loss ${i}`).toBeLessThan(tolerance);
  });
  expect([...a.final.keys()].sort()).toEqual([...b.final.keys()].sort());
  for (const [name, array] of a.final) {
    const other = b.final.get(name) as Float32Array;
    let worst = 0;
    let top = 1e-3;
    for (const x of other) top = Math.max(top, Math.abs(x));
    array.forEach((x, i) => {
      worst = Math.max(worst, Math.abs(x - (other[i] as number)) / top);
    });
    expect(worst, name).toBeLessThan(weightTolerance);
  }
}

const weightTolerance = 2e-3;

/** The interpreter with updates in the graph: the device engine without a device. */
function inGraph(): Backend {
  return { ...referenceBackend(), updatesInGraph: true };
}

describe("updates by the kernel and in the graph are the same game", () => {
  for (const { name } of optimizers) {
    test(`mlp, ${name}`, async () => {
      expectSame(
        await play(mlpGame, cpuBackend(), name, 5),
        await play(mlpGame, inGraph(), name, 5),
        2e-5,
      );
    });
  }

  for (const { name } of losses) {
    test(`mlp, loss ${name}`, async () => {
      const setting = { ...mlpGame, loss: name };
      const host = await play(setting, cpuBackend(), "adam", 2);
      expectSame(host, await play(setting, inGraph(), "adam", 2), 2e-5);
    });
  }

  for (const { name } of regularizers.filter((r) => r.name !== "path-length")) {
    test(`mlp that judges pairs, ${name}`, async () => {
      const setting = { ...mlpGame, regularizer: name, pack: 2 };
      const host = await play(setting, cpuBackend(), "adam", 2);
      expectSame(host, await play(setting, inGraph(), "adam", 2), 2e-4);
    });
  }

  test("stylegan2 with a path length in every other iteration", async () => {
    const options = { latent: 4, styleLength: 4, mappingLayers: 1, baseChannels: 2 };
    const model = { ...mlpGame, model: "stylegan2", options, size: 16 };
    const setting = { ...model, regularizer: "path-length", interval: 2 };
    const host = await play(setting, cpuBackend(), "adam", 2);
    expect(host.losses.length).toBe(5);
    expectSame(host, await play(setting, inGraph(), "adam", 2), 2e-4);
  });

  test("a penalty in every other iteration", async () => {
    const setting = { ...mlpGame, regularizer: "r1", interval: 2 };
    const host = await play(setting, cpuBackend(), "adam", 5);
    expect(host.losses.length).toBe(13);
    expectSame(host, await play(setting, inGraph(), "adam", 5), 2e-4);
  });

  test("WGAN cuts the discriminator's weights and no others", async () => {
    const { final } = await play({ ...mlpGame, loss: "wasserstein" }, cpuBackend(), "adam", 2);
    const largest = (network: string) =>
      [...final]
        .filter(([name]) => name.startsWith(network))
        .reduce((top, [, array]) => array.reduce((a, b) => Math.max(a, Math.abs(b)), top), 0);
    expect(largest("discriminator/")).toBe(Math.fround(0.01));
    expect(largest("generator/")).toBeGreaterThan(0.1);
  });

  for (const [model, setting] of Object.entries(families)) {
    test(`a step of ${model}`, { timeout: 120_000 }, async () => {
      const host = await play(setting, cpuBackend(), "adam", 1);
      for (const loss of host.losses) expect(Number.isFinite(loss)).toBe(true);
      expectSame(host, await play(setting, inGraph(), "adam", 1), 2e-4);
    });
  }

  test("dcgan with R1, several moves of each player", { timeout: 120_000 }, async () => {
    const setting = { ...dcganGame, regularizer: "r1", generatorSteps: 2, discriminatorSteps: 2 };
    const host = await play(setting, cpuBackend(), "adam", 2);
    expectSame(host, await play(setting, inGraph(), "adam", 2), 2e-4);
  });
});

describe("on WebGPU", () => {
  beforeAll(useSoftwareVulkan);

  for (const [name, setting] of Object.entries({ mlp: mlpGame, dcgan: dcganGame })) {
    test(`${name} trains as on the CPU`, { timeout: 120_000 }, async () => {
      const host = await play(setting, cpuBackend(), "adam", 3);
      expectSame(host, await play(setting, webgpuBackend(), "adam", 3), 5e-4);
    });
  }

  for (const name of ["r3gan", "stylegan2"]) {
    test(`a step of ${name} is that of the CPU`, { timeout: 240_000 }, async () => {
      const setting = families[name] as Setting;
      const host = await play(setting, cpuBackend(), "adam", 1);
      expectSame(host, await play(setting, webgpuBackend(), "adam", 1), 5e-4);
    });
  }
});
