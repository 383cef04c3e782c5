import type { RunSummary } from "../../runs/api.ts";
import type { FeedNotice, FeedRequest } from "../workers/feeds-worker.ts";
import { apiBase } from "./api.ts";
import { type FeedListener, RunFeeds, type WatchedRun } from "./run-feeds.ts";

const hereEveryMs = 30_000;

/** The list of runs, and the runs that this page follows, as they are written. */
export class RunWatch implements FeedListener {
  list = $state.raw<readonly RunSummary[]>();
  runs = $state.raw<ReadonlyMap<string, WatchedRun>>(new Map());
  problem = $state("");
  #watched: readonly string[] = [];
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
    this.runs = new Map([...this.runs].filter(([id]) => ids.includes(id)));
    this.#ask(this.#watched);
  }

  close(): void {
    this.#stop();
  }

  onList(runs: readonly RunSummary[]): void {
    this.list = runs;
  }

  onRun(id: string, run: WatchedRun): void {
    if (this.#watched.includes(id)) this.runs = new Map([...this.runs, [id, run]]);
  }

  onProblem(message: string): void {
    this.problem = message;
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
