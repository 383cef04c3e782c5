import * as Comlink from "comlink";
import type { PlayScores, PlayView } from "../../play/observer.ts";
import type { PlaySnapshot, Turn } from "../../play/playground.ts";
import { defaultPlay, type PlaySettings } from "../../play/settings.ts";
import type { Losses, PlayServer } from "../workers/play-worker.ts";

/** Points that the loss chart keeps; older ones are thinned out. */
const keptLosses = 4000;

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
  readonly #worker: Worker;
  readonly #server: Comlink.Remote<PlayServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = new Worker(new URL("../workers/play-worker.ts", import.meta.url), {
      type: "module",
      name: "play",
    });
    this.#worker.onerror = (event) => {
      this.problem = event.message || "the worker of the game could not be started.";
    };
    this.#server = Comlink.wrap<PlayServer>(this.#worker);
    void this.#server.listen(
      Comlink.proxy({
        onProgress: (view: PlayView, losses: readonly Losses[], perSecond: number) => {
          this.view = view;
          if (perSecond > 0) this.perSecond = perSecond;
          const first = view.iteration - losses.length + 1;
          const more = losses.map((values, i) => ({ iteration: first + i, values }));
          const all = [...this.losses, ...more];
          this.losses = all.length > keptLosses ? all.filter((_, i) => i % 2 === 0) : all;
          return new Promise<void>((drawn) => {
            requestAnimationFrame(() => drawn());
          });
        },
        onScores: (scores: PlayScores) => {
          this.scores = scores;
          this.history = [...this.history.filter((s) => s.iteration < scores.iteration), scores];
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
    await this.#server.open(settings, backend, from);
  }

  /** Other settings on the way: what fits of the players stays as it is. */
  async change(settings: PlaySettings): Promise<void> {
    this.settings = settings;
    await this.#server.change(settings);
  }

  async setSpeed(perSecond: number): Promise<void> {
    await this.#server.setSpeed(perSecond);
  }

  /** Where the game stands; pauses it. */
  async snapshot(): Promise<PlaySnapshot | undefined> {
    await this.pause();
    return this.#server.snapshot();
  }

  play(): void {
    this.playing = true;
    void this.#server.play();
  }

  async pause(): Promise<void> {
    await this.#server.pause();
    this.playing = false;
  }

  async step(turn: Turn): Promise<void> {
    if (this.playing) await this.pause();
    await this.#server.step(turn);
  }

  close(): void {
    this.#worker.terminate();
  }
}
