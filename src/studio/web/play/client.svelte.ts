import * as Comlink from "comlink";
import type { PlayScores, PlayView } from "../../play/observer.ts";
import type { PlaySnapshot, Turn } from "../../play/playground.ts";
import { defaultPlay, type PlaySettings } from "../../play/settings.ts";
import { thinned } from "../shell/lists.ts";
import { nextFrame } from "../shell/next-frame.ts";
import { type Connection, connect } from "../workers/connect.ts";
import type { Losses, PlayServer } from "../workers/play-worker.ts";

/** Points that the loss chart keeps; older ones are thinned out. */
const keptLosses = 4000;
/** Judgements that the other chart keeps, likewise. */
const keptScores = 1000;

/** A game in the plane as the page sees it; the game itself is played in a worker. */
export class PlayClient {
  settings = $state.raw<PlaySettings>(defaultPlay);
  view = $state.raw<PlayView>();
  scores = $state.raw<PlayScores>();
  problem = $state("");
  /** Judgements so far, oldest first. */
  history = $state.raw<readonly PlayScores[]>([]);
  playing = $state(false);
  perSecond = $state(0);
  /** Losses by iteration, oldest first. */
  losses = $state.raw<readonly { readonly iteration: number; readonly values: Losses }[]>([]);
  readonly #worker: Connection<PlayServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = connect<PlayServer>(
      new Worker(new URL("../workers/play-worker.ts", import.meta.url), {
        type: "module",
        name: "play",
      }),
      (message) => {
        this.problem = message;
      },
    );
    void this.#worker.server.listen(
      Comlink.proxy({
        onProgress: (view: PlayView, losses: readonly Losses[], perSecond: number) => {
          this.view = view;
          if (perSecond > 0) this.perSecond = perSecond;
          const first = view.iteration - losses.length + 1;
          const more = losses.map((values, i) => ({ iteration: first + i, values }));
          this.losses = thinned([...this.losses, ...more], keptLosses);
          return nextFrame();
        },
        onScores: (scores: PlayScores) => {
          this.scores = scores;
          const before = this.history.filter((s) => s.iteration < scores.iteration);
          this.history = thinned([...before, scores], keptScores);
        },
        onProblem: (message: string) => {
          this.problem = message;
          this.playing = false;
        },
      }),
    );
  }

  /** Begins a game anew, or goes on from a snapshot. */
  async open(settings: PlaySettings, backend = "wasm", from?: PlaySnapshot): Promise<void> {
    this.settings = settings;
    this.playing = false;
    this.problem = "";
    this.losses = [];
    this.history = [];
    await this.#worker.server.open(settings, backend, from);
  }

  /** Other settings on the way: what fits of the players stays as it is. */
  async change(settings: PlaySettings): Promise<void> {
    this.settings = settings;
    await this.#worker.server.change(settings);
  }

  async setSpeed(perSecond: number): Promise<void> {
    await this.#worker.server.setSpeed(perSecond);
  }

  /** Where the game stands; pauses it. */
  async snapshot(): Promise<PlaySnapshot | undefined> {
    await this.pause();
    return this.#worker.server.snapshot();
  }

  play(): void {
    this.playing = true;
    void this.#worker.server.play();
  }

  async pause(): Promise<void> {
    await this.#worker.server.pause();
    this.playing = false;
  }

  async step(turn: Turn): Promise<void> {
    if (this.playing) await this.pause();
    await this.#worker.server.step(turn);
  }

  close(): void {
    this.#worker.close();
  }
}
