import * as Comlink from "comlink";
import type { Backend } from "../../../runtime/session.ts";
import { chooseBackend } from "../../../runtime/web.ts";
import { Observer, type PlayScores, type PlayView } from "../../play/observer.ts";
import { Playground, type PlaySnapshot, type Turn } from "../../play/playground.ts";
import type { PlaySettings } from "../../play/settings.ts";
import { BackPressure } from "./back-pressure.ts";
import { oneAtATime } from "./queue.ts";
import { runtimeFiles } from "./runtime-files.ts";
import { letOthersIn } from "./yield.ts";

/** Numbers of an iteration, by name. */
export type Losses = Readonly<Record<string, number>>;

/** What the page hears while the game goes on. */
export interface PlayListener {
  /**
   * Iterations since the last call, with their losses, and how fast they went. Resolves once it is
   * drawn: no further picture comes before.
   */
  onProgress(view: PlayView, losses: readonly Losses[], perSecond: number): Promise<void>;
  onScores(scores: PlayScores): void;
  onProblem(message: string): void;
}

/** Time between two pictures, and between two judgements. */
const viewEveryMs = 50;
const scoreEveryMs = 1500;

/** Plays a game in the plane away from the page, so that the page never waits. */
export class PlayServer {
  #backend: Backend | undefined;
  #game: Playground | undefined;
  #observer: Observer | undefined;
  #listener: PlayListener | undefined;
  #playing = false;
  #losses: Losses[] = [];
  readonly #pressure = new BackPressure();
  readonly #queue = oneAtATime((error) => {
    this.#playing = false;
    this.#listener?.onProblem(error.message);
  });
  /** Most iterations a second; 0 is as many as there can be. */
  #speed = 0;

  listen(listener: PlayListener): void {
    this.#listener = listener;
  }

  /** Begins a game, or goes on from a snapshot with settings that may differ. */
  open(settings: PlaySettings, backend: string, from?: PlaySnapshot): Promise<void> {
    this.#playing = false;
    return this.#queue(async () => {
      await this.#close();
      this.#backend = await chooseBackend(backend, { threads: 1, wasmPaths: runtimeFiles });
      this.#game = await Playground.create(settings, this.#backend, from);
      this.#observer = await Observer.create(settings, this.#backend);
      await this.#show(0);
      await this.#judge();
    });
  }

  /** Other settings on the way: what fits of the players stays as it is. */
  async change(settings: PlaySettings): Promise<void> {
    const playing = this.#playing;
    this.#playing = false;
    await this.#queue(async () => {
      const from = await this.#game?.snapshot();
      const backend = this.#backend as Backend;
      await this.#close();
      this.#game = await Playground.create(settings, backend, from);
      this.#observer = await Observer.create(settings, backend);
      await this.#show(0);
    });
    if (playing) this.play();
  }

  play(): void {
    if (this.#playing) return;
    this.#playing = true;
    // The listener hears of failures.
    void this.#queue(() => this.#run()).catch(() => {});
  }

  async pause(): Promise<void> {
    this.#playing = false;
    await this.#queue(async () => {});
  }

  setSpeed(perSecond: number): void {
    this.#speed = perSecond;
  }

  /** Plays one iteration, or one player's part of it. */
  step(turn: Turn): Promise<void> {
    return this.#queue(async () => {
      await this.#advance(turn);
      await this.#show(0);
      await this.#judge();
    });
  }

  snapshot(): Promise<PlaySnapshot | undefined> {
    return this.#queue(async () => this.#game?.snapshot());
  }

  async #run(): Promise<void> {
    let from = performance.now();
    let shownAt = from;
    let judgedAt = from;
    let done = 0;
    while (this.#playing) {
      await this.#advance("both");
      done++;
      const now = performance.now();
      if (this.#pressure.free && (now - shownAt >= viewEveryMs || this.#speed > 0)) {
        await this.#show((1000 * done) / (now - from));
        shownAt = performance.now();
        if (now - from > 2000) [from, done] = [shownAt, 0];
      }
      if (now - judgedAt >= scoreEveryMs) {
        await this.#judge();
        judgedAt = performance.now();
      }
      // ONNX Runtime's own awaits let no message in.
      await letOthersIn();
      const wait = this.#speed > 0 ? 1000 / this.#speed - (performance.now() - now) : 0;
      if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    }
    await this.#show(0);
    await this.#judge();
  }

  async #advance(turn: Turn): Promise<void> {
    const losses = await (this.#game as Playground).advance(turn);
    this.#losses.push(Object.fromEntries(losses));
  }

  async #show(perSecond: number): Promise<void> {
    const view = await this.#observer?.view(this.#game as Playground);
    if (!view || !this.#listener) return;
    const losses = this.#losses;
    this.#losses = [];
    const buffers = Object.values(view).flatMap((v) =>
      v instanceof Float32Array ? [v.buffer] : [],
    );
    this.#pressure.send(
      this.#listener.onProgress(Comlink.transfer(view, buffers), losses, perSecond),
    );
  }

  async #judge(): Promise<void> {
    const scores = await this.#observer?.scores(this.#game as Playground);
    if (scores) this.#listener?.onScores(scores);
  }

  async #close(): Promise<void> {
    await this.#observer?.release();
    await this.#game?.release();
    this.#observer = undefined;
    this.#game = undefined;
  }
}

Comlink.expose(new PlayServer());
