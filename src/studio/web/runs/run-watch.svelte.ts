import { tick } from "svelte";
import type { StoredEvent } from "../../../train/run-folder/run-event.ts";
import type { RunState, RunSummary } from "../../runs/api.ts";
import type { FeedNotice, FeedRequest } from "../workers/feeds-worker.ts";
import { apiBase } from "./api.ts";
import { type FeedListener, RunFeeds, type WatchedRun, withMore } from "./run-feeds.ts";

const hereEveryMs = 30_000;
/** A live run is drawn anew at most this often, */
const shownEveryMs = 1000;
/** and rests this many times as long as that took, up to a limit. */
const restPerWork = 20;
const longestRestMs = 4000;

/** The list of runs, and the runs that this page follows, as they are written. */
export class RunWatch implements FeedListener {
  list = $state.raw<readonly RunSummary[]>();
  runs = $state.raw<ReadonlyMap<string, WatchedRun>>(new Map());
  problem = $state("");
  #watched: readonly string[] = [];
  readonly #latest = new Map<string, WatchedRun>();
  #showing = false;
  #showAt = 0;
  readonly #ask: (watch: readonly string[] | undefined) => void;
  readonly #stop: () => void;

  constructor() {
    this.#ask = typeof SharedWorker === "undefined" ? this.#alone() : this.#together();
    const here = setInterval(() => this.#ask(this.#watched), hereEveryMs);
    const leave = () => this.#ask(undefined);
    const back = () => this.#ask(this.#watched);
    addEventListener("pagehide", leave);
    addEventListener("pageshow", back);
    this.#ask([]);
    this.#stop = () => {
      clearInterval(here);
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", back);
      leave();
    };
  }

  /** Follows these runs, and no others. */
  watch(ids: readonly string[]): void {
    this.#watched = [...ids];
    for (const id of this.#latest.keys()) if (!ids.includes(id)) this.#latest.delete(id);
    this.runs = new Map(this.#latest);
    this.#showAt = 0;
    this.#ask(this.#watched);
  }

  close(): void {
    this.#stop();
  }

  onList(runs: readonly RunSummary[]): void {
    this.list = runs;
  }

  onRun(id: string, run: WatchedRun): void {
    if (!this.#watched.includes(id)) return;
    this.#latest.set(id, run);
    void this.#show();
  }

  onEvents(id: string, events: readonly StoredEvent[]): void {
    const run = this.#latest.get(id);
    if (run) this.onRun(id, { ...run, events: withMore(run.events, events) });
  }

  onState(id: string, state: RunState): void {
    const run = this.#latest.get(id);
    if (run) this.onRun(id, { ...run, state });
  }

  onProblem(message: string): void {
    this.problem = message;
  }

  /** What the page shows follows what is known, as often as showing it leaves time for training. */
  async #show(): Promise<void> {
    if (this.#showing) return;
    this.#showing = true;
    await new Promise((resolve) => setTimeout(resolve, this.#showAt - performance.now()));
    while (document.visibilityState === "hidden") {
      await new Promise((resolve) =>
        document.addEventListener("visibilitychange", resolve, { once: true }),
      );
    }
    this.#showing = false;
    const begin = performance.now();
    this.runs = new Map(this.#latest);
    await tick();
    const now = performance.now();
    const rest = Math.min(longestRestMs, restPerWork * (now - begin));
    this.#showAt = now + Math.max(shownEveryMs, rest);
  }

  /** All tabs through one worker: a browser opens few connections to a server. */
  #together() {
    // Written in one piece: so the bundler sees that this is a worker.
    const { port } = new SharedWorker(new URL("../workers/feeds-worker.ts", import.meta.url), {
      type: "module",
      name: "runs",
    });
    port.onmessage = ({ data: [method, ...args] }: MessageEvent<FeedNotice>) => {
      (this[method] as (...args: unknown[]) => void)(...args);
    };
    return (watch: readonly string[] | undefined) => {
      port.postMessage({ base: apiBase, watch } satisfies FeedRequest);
    };
  }

  #alone() {
    const feeds = new RunFeeds(apiBase);
    let before = "";
    return (watch: readonly string[] | undefined) => {
      const asked = JSON.stringify(watch ?? null);
      if (asked === before) return;
      before = asked;
      if (watch) feeds.watch(this, watch);
      else feeds.leave(this);
    };
  }
}
