import { expect, test } from "vitest";
import { drawPoints, toyOf, toys } from "../../data/toys/registry.ts";
import { toyExtent } from "../../data/toys/toy.ts";
import { cpuBackend } from "../../runtime/index.ts";
import { Random } from "../../util/random.ts";
import { diracPortrait } from "./dirac-portrait.ts";
import { divergenceCells, gridDivergence } from "./divergence.ts";
import { linkOf, settingsOf } from "./link.ts";
import { fieldCells, Observer, shownPoints } from "./observer.ts";
import { Playground, type Turn } from "./playground.ts";
import { decodePlay, encodePlay } from "./save-file.ts";
import { checkPlay, defaultPlay } from "./settings.ts";

const backend = cpuBackend({ threads: 1 });
const small = checkPlay({
  data: { name: "gaussians" },
  generator: { layers: 1, width: 8, learningRate: 1e-2 },
  discriminator: { layers: 1, width: 8, learningRate: 1e-2 },
  batch: 64,
});

async function play(game: Playground, turns: readonly Turn[]): Promise<number[]> {
  const losses: number[] = [];
  for (const turn of turns) losses.push(...(await game.advance(turn)).values());
  return losses;
}
const both = (n: number) => new Array<Turn>(n).fill("both");

test("every distribution lies within the square that all are drawn in", () => {
  for (const { name } of toys) {
    const options = name === "drawing" ? { points: [0, 0, 0.5, -0.5] } : {};
    const points = new Float32Array(2 * 5000);
    drawPoints(toyOf({ name, ...options }), new Random(1), points);
    expect(points.every((x) => Math.abs(x) <= toyExtent)).toBe(true);
  }
});

test("the modes of a mixture are equally often hit", () => {
  const toy = toyOf({ name: "ring-8" });
  const points = new Float32Array(2 * 8000);
  drawPoints(toy, new Random(1), points);
  const counts = new Array<number>(8).fill(0);
  for (let i = 0; i < points.length; i += 2) {
    const angle = Math.atan2(points[i + 1] as number, points[i] as number);
    const mode = (Math.round(angle / (Math.PI / 4)) + 8) % 8;
    counts[mode] = (counts[mode] as number) + 1;
  }
  // Eight standard deviations of a binomial count.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(8 * 30);
});

test("unknown distributions and options are told", () => {
  expect(() => toyOf({ name: "two-moon" })).toThrow('Did you mean "two-moons"?');
  expect(() => toyOf({ name: "drawing" })).toThrow("data.points is missing");
  expect(() => toyOf({ name: "line", blur: 1 })).toThrow("line");
});

test("a link gives back the settings that it was made of", () => {
  expect(linkOf(defaultPlay)).toBe("");
  const settings = checkPlay({
    data: { name: "drawing", points: [0.12, -0.5, 1.2, 1.49] },
    noise: { size: 1, distribution: "uniform" },
    generator: { layers: 2, width: 17, learningRate: 0.03, optimizer: "sgd" },
    loss: "hinge",
    seed: 7,
  });
  expect(settingsOf(linkOf(settings))).toEqual(settings);
});

test("a link that asks for what there is not is refused with one sentence", () => {
  expect(() => settingsOf("generator.depth=3")).toThrow('"depth"');
  expect(() => settingsOf("generator.width=99999")).toThrow("generator.width must be <= 256");
  expect(() => settingsOf("data=rings")).toThrow("unknown distribution");
});

test("the same seed gives the same losses, another gives others", async () => {
  const games = await Promise.all(
    [1, 1, 2].map((seed) => Playground.create({ ...small, seed }, backend)),
  );
  const [a, b, c] = await Promise.all(games.map((game) => play(game, both(5))));
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
  for (const game of games) await game.release();
});

test("a game goes on from its file as if it had never stopped", async () => {
  const first = await Playground.create(small, backend);
  await play(first, both(3));
  const from = decodePlay(encodePlay(await first.snapshot()));
  const second = await Playground.create(from.settings, backend, from);
  expect(second.iteration).toBe(3);
  expect(await play(second, both(4))).toEqual(await play(first, both(4)));
  await first.release();
  await second.release();
});

test("a file without the optimizers' memory still holds the same weights, in 16 bits", async () => {
  const game = await Playground.create(small, backend);
  await play(game, both(3));
  const snapshot = await game.snapshot();
  const light = decodePlay(encodePlay(snapshot, { weightsAlone: true }));
  expect([...light.arrays.keys()].some((name) => name.startsWith("optimizer/"))).toBe(false);
  for (const [name, values] of light.arrays) {
    const exact = snapshot.arrays.get(name) as Float32Array;
    values.forEach((x, i) => {
      expect(Math.abs(x - (exact[i] as number))).toBeLessThanOrEqual(2 ** -10 * Math.abs(x) + 1e-6);
    });
  }
  await game.release();
});

test("files that are no game are refused", () => {
  expect(() => decodePlay(Uint8Array.of(1, 2, 3))).toThrow("3 bytes");
});

test("a player alone changes its own weights only", async () => {
  // The relativistic loss leaves D's last bias alone.
  const game = await Playground.create({ ...small, loss: "non-saturating" }, backend);
  await play(game, both(2));
  for (const [turn, moved] of [
    ["discriminator", "discriminator/"],
    ["generator", "generator/"],
  ] as const) {
    const before = (await game.snapshot()).arrays;
    await play(game, [turn, turn]);
    const after = (await game.snapshot()).arrays;
    for (const [name, values] of after) {
      if (!name.startsWith("generator/") && !name.startsWith("discriminator/")) continue;
      const same = values.every((x, i) => x === (before.get(name) as Float32Array)[i]);
      expect({ name, same }).toEqual({ name, same: !name.startsWith(moved) });
    }
  }
  await game.release();
});

test("other settings on the way keep the players, another size begins anew", async () => {
  const game = await Playground.create(small, backend);
  await play(game, both(3));
  const from = await game.snapshot();
  const hinge = await Playground.create({ ...small, loss: "hinge" }, backend, from);
  expect((await hinge.snapshot()).arrays).toEqual(from.arrays);
  const wider = await Playground.create(
    { ...small, generator: { ...small.generator, width: 9 } },
    backend,
    from,
  );
  const { arrays } = await wider.snapshot();
  expect(arrays.get("discriminator/out/weight")).toEqual(
    from.arrays.get("discriminator/out/weight"),
  );
  expect(arrays.get("generator/out/weight")).toHaveLength(18);
  for (const one of [game, hinge, wider]) await one.release();
});

test("what is seen of a game leaves it as it was, and points where the loss falls", async () => {
  const game = await Playground.create({ ...small, pack: 2 }, backend);
  await play(game, both(20));
  const before = await game.snapshot();
  const observer = await Observer.create(game.settings, backend);
  const view = await observer.view(game);
  const scores = await observer.scores(game);
  expect(await game.snapshot()).toEqual(before);
  expect(view.field).toHaveLength(fieldCells ** 2);
  expect(view.pull).toHaveLength(2 * shownPoints);
  expect(scores.modes?.of).toBe(3);
  // Two sets of real points are closer than an untrained generator's to them.
  expect(scores.floor.js).toBeLessThan(scores.divergence.js);
  await observer.release();
  await game.release();
});

test("D's slopes are those of its heat map", async () => {
  const game = await Playground.create(small, backend);
  await play(game, both(50));
  const observer = await Observer.create(game.settings, backend);
  const { field, slopes } = await observer.view(game);
  // The middle arrow against the heat map's cells around the middle, 20 and 19 of 40.
  const cell = (2 * toyExtent) / fieldCells;
  const at = (row: number, column: number) => field[row * fieldCells + column] as number;
  const [x, y] = [
    (at(19, 20) + at(20, 20) - at(19, 19) - at(20, 19)) / (2 * cell),
    (at(20, 19) + at(20, 20) - at(19, 19) - at(19, 20)) / (2 * cell),
  ];
  const middle = 2 * (7 * 15 + 7);
  expect(slopes[middle]).toBeCloseTo(x, 1);
  expect(slopes[middle + 1]).toBeCloseTo(y, 1);
  await observer.release();
  await game.release();
});

test("divergences by hand", () => {
  const side = 1;
  const cell = (2 * side) / divergenceCells;
  const inCell = (column: number) => -side + (column + 0.5) * cell;
  const points = (...columns: number[]) =>
    Float32Array.from(columns.flatMap((c) => [inCell(c), 0]));
  const real = points(0, 0, 1, 1);
  const { kl, js } = gridDivergence(real, points(0, 0, 0, 1), side);
  // Shares 1/2, 1/2 and 3/4, 1/4; for KL half a point more in each: 2.5/5, 2.5/5 and 3.5/5, 1.5/5.
  expect(kl).toBeCloseTo(0.5 * Math.log(2.5 / 3.5) + 0.5 * Math.log(2.5 / 1.5), 12);
  const [m, n] = [5 / 8, 3 / 8];
  const expected =
    0.25 * Math.log(0.5 / m) +
    0.25 * Math.log(0.5 / n) +
    0.375 * Math.log(0.75 / m) +
    0.125 * Math.log(0.25 / n);
  expect(js).toBeCloseTo(expected, 12);
  expect(gridDivergence(real, real, side)).toEqual({ kl: 0, js: 0 });
  expect(gridDivergence(points(0), points(5), side).js).toBeCloseTo(Math.log(2), 12);
});

test("the portrait of the Dirac-GAN turns in circles, and ends in the middle with R1", () => {
  const once = { discriminatorSteps: 1, stepSize: 0.2 };
  const end = (r1: number) => {
    const { path } = diracPortrait("minimax", { r1, gradientPenalty: 0 }, once);
    return Math.hypot(path.at(-2) as number, path.at(-1) as number);
  };
  expect(end(0)).toBeGreaterThan(1);
  expect(end(1)).toBeLessThan(1e-6);
});
