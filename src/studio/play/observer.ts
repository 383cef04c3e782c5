import { generatorGraph } from "../../adversarial/index.ts";
import { drawPoints } from "../../data/toys/registry.ts";
import { toyExtent } from "../../data/toys/toy.ts";
import { mixtureModes } from "../../metrics/scores/mixture-modes.ts";
import type { Backend, Session, Tensor } from "../../runtime/session.ts";
import { Random } from "../../util/random.ts";
import { type Divergence, gridDivergence } from "./divergence.ts";
import { fieldGraph, pullGraph } from "./field-graphs.ts";
import { playersOf } from "./players.ts";
import type { Playground } from "./playground.ts";
import type { PlaySettings } from "./settings.ts";

/** Points that are shown of either side, cells of the heat map, lines of the manifold, along a side. */
export const shownPoints = 256;
export const fieldCells = 40;
export const manifoldLines = 21;
/** Arrows of D's slopes along a side. */
export const slopeCells = 15;
/** Points of either side by which the game is judged. */
const judgedPoints = 2500;

/** What is to be seen of a game in the plane. */
export interface PlayView {
  readonly iteration: number;
  /** [shownPoints,2] each; the fake ones always come from the same noise. */
  readonly real: Float32Array;
  readonly fake: Float32Array;
  /** The noise of the fake points, [shownPoints, size]. */
  readonly noise: Float32Array;
  /** Where G's loss wants each fake point to go, [shownPoints,2]. */
  readonly pull: Float32Array;
  /** D's logits, rows from the bottom, [fieldCells, fieldCells]. */
  readonly field: Float32Array;
  /** The way in which D's logit grows, [slopeCells, slopeCells, 2]. */
  readonly slopes: Float32Array;
  /** Noise on an even grid, and where G takes it: [lines, lines, size] and [lines, lines, 2]; one row where noise has one number. */
  readonly gridNoise: Float32Array;
  readonly manifold: Float32Array;
}

/** How good G is just now. */
export interface PlayScores {
  readonly iteration: number;
  readonly divergence: Divergence;
  /** The same between two sets of real points: no generator can stay below it for long. */
  readonly floor: Divergence;
  /** Where the distribution is a mixture of known modes. */
  readonly modes?: { readonly covered: number; readonly of: number; readonly highQuality: number };
}

type Sessions = Readonly<Record<"generator" | "field" | "slopes" | "pull", Session>>;

/** Looks at a game in the plane without changing it. */
export class Observer {
  readonly #settings: PlaySettings;
  readonly #sessions: Sessions;
  readonly #noise: Float32Array;
  readonly #gridNoise: Float32Array;

  static async create(settings: PlaySettings, backend: Backend): Promise<Observer> {
    const players = playersOf(settings);
    const { pack, loss } = settings;
    return new Observer(settings, {
      generator: await backend.compile(generatorGraph(players).graph),
      field: await backend.compile(fieldGraph(players, pack, fieldCells ** 2)),
      slopes: await backend.compile(fieldGraph(players, pack, slopeCells ** 2)),
      pull: await backend.compile(pullGraph(players, loss, pack, shownPoints)),
    });
  }

  private constructor(settings: PlaySettings, sessions: Sessions) {
    this.#settings = settings;
    this.#sessions = sessions;
    this.#noise = this.#drawNoise(shownPoints, new Random(settings.seed, "shown"));
    this.#gridNoise = noiseGrid(settings);
  }

  /** What is to be seen; G is its moving average where one is kept. */
  async view(game: Playground): Promise<PlayView> {
    const arrays = await this.#arrays(game);
    const real = new Float32Array(2 * shownPoints);
    drawPoints(game.distribution, new Random(this.#settings.seed, "shown-real"), real);
    const noise = this.#noiseTensor(this.#noise);
    const { generator, ...sessions } = this.#sessions;
    const pulled = await run(sessions.pull, arrays, { z: noise, real: pointsTensor(real) });
    const field = await run(sessions.field, arrays, {
      points: pointsTensor(cellCentres(fieldCells)),
    });
    const slopes = await run(sessions.slopes, arrays, {
      points: pointsTensor(cellCentres(slopeCells)),
    });
    const grid = this.#noiseTensor(this.#gridNoise);
    const manifold = await run(generator, arrays, { z: grid });
    return {
      iteration: game.iteration,
      real,
      fake: pulled("points"),
      noise: this.#noise.slice(),
      pull: pulled("pull"),
      field: field("logits"),
      slopes: slopes("slopes"),
      gridNoise: this.#gridNoise.slice(),
      manifold: manifold("images"),
    };
  }

  /** Judges G by fresh points; the same ones at each call. */
  async scores(game: Playground): Promise<PlayScores> {
    const random = new Random(this.#settings.seed, "judged");
    const [real, other] = [0, 1].map(() => {
      const points = new Float32Array(2 * judgedPoints);
      drawPoints(game.distribution, random, points);
      return points;
    }) as [Float32Array, Float32Array];
    const z = this.#noiseTensor(this.#drawNoise(judgedPoints, random));
    const fake = (await run(this.#sessions.generator, await this.#arrays(game), { z }))("images");
    const { modes: mixture } = game.distribution;
    const modes = mixture && mixtureModes(fake, mixture);
    return {
      iteration: game.iteration,
      divergence: gridDivergence(real, fake, toyExtent),
      floor: gridDivergence(real, other, toyExtent),
      ...(modes && {
        modes: {
          covered: modes.modes,
          of: mixture.means.length,
          highQuality: modes.highQuality,
        },
      }),
    };
  }

  async release(): Promise<void> {
    for (const session of Object.values(this.#sessions)) await session.release();
  }

  async #arrays({ loop }: Playground): Promise<Map<string, Tensor>> {
    const theirs = loop.game.variables.under("discriminator").map((v) => v.name);
    const arrays = [...(await loop.generatorArrays()), ...(await loop.engine.read(theirs))];
    const { all } = loop.game.variables;
    return new Map(
      arrays.map(([name, data]) => [
        name,
        { dtype: "f32", dims: all.get(name)?.shape as readonly number[], data },
      ]),
    );
  }

  #drawNoise(n: number, random: Random): Float32Array {
    const { size, distribution } = this.#settings.noise;
    const z = new Float32Array(n * size);
    if (distribution === "uniform") random.fillUniform(z);
    else random.fillNormal(z);
    return z;
  }

  #noiseTensor(data: Float32Array): Tensor {
    const { size } = this.#settings.noise;
    return { dtype: "f32", dims: [data.length / size, size], data };
  }
}

/** Runs a session; gives its outputs by name. */
async function run(
  session: Session,
  arrays: ReadonlyMap<string, Tensor>,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<(name: string) => Float32Array> {
  const outputs = await session.run(new Map([...arrays, ...Object.entries(feeds)]));
  return (name) => (outputs.get(name) as Tensor).data as Float32Array;
}

function pointsTensor(data: Float32Array): Tensor {
  return { dtype: "f32", dims: [data.length / 2, 2], data };
}

/** Centres of the cells of a square grid over the toys' square, rows from the bottom, [cells^2,2]. */
function cellCentres(cells: number): Float32Array {
  const at = (k: number) => (((k + 0.5) / cells) * 2 - 1) * toyExtent;
  const out = new Float32Array(2 * cells * cells);
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      out.set([at(column), at(row)], 2 * (row * cells + column));
    }
  }
  return out;
}

/** Noise along even lines: for Gaussian noise within two standard deviations. */
function noiseGrid({ noise: { size, distribution } }: PlaySettings): Float32Array {
  const [low, high] = distribution === "uniform" ? [0, 1] : [-2, 2];
  const n = manifoldLines;
  const at = (k: number, of: number) => low + ((high - low) * k) / (of - 1);
  if (size === 1) return Float32Array.from({ length: n * n }, (_, k) => at(k, n * n));
  const out = new Float32Array(2 * n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      out.set([at(column, n), at(row, n)], 2 * (row * n + column));
    }
  }
  return out;
}
