import { addEvent, type StoredEvent } from "../../../train/run-folder/run-event.ts";
import type { FeedMessages, RunState, RunSummary } from "../../runs/api.ts";
import { thinScalars } from "../../runs/thin-scalars.ts";

/** A run as somebody who watches it sees it. */
export interface WatchedRun {
  readonly events: readonly StoredEvent[];
  readonly state: RunState;
}

/** Entries of losses that are kept of a run; thinned to half of them when there are more. */
const keptScalars = 2000;

/** Events with what was written since. */
export function withMore(before: readonly StoredEvent[], more: readonly StoredEvent[]) {
  const events = [...before];
  for (const event of more) addEvent(events, event);
  const scalars = events.filter((e) => e.type === "scalars").length;
  return scalars > keptScalars ? thinScalars(events, keptScalars / 2) : events;
}

/** What a watcher hears. */
export interface FeedListener {
  onList(runs: readonly RunSummary[]): void;
  /** The whole run, in place of what was known of it. */
  onRun(id: string, run: WatchedRun): void;
  /** What was written since. */
  onEvents(id: string, events: readonly StoredEvent[]): void;
  onState(id: string, state: RunState): void;
  /** "" once all is well again. */
  onProblem(message: string): void;
}

const listEveryMs = 1000;
/** A browser opens six connections to one server; two stay free for everything else. */
const mostConnections = 4;

interface Feed {
  source: EventSource | undefined;
  events: readonly StoredEvent[];
  state: RunState;
  /** The last event that is known, to see in the list that there is more. */
  lastEvent: number | undefined;
  read: boolean;
}

/**
 * Follows runs for any number of watchers over few connections: one for each run that is being trained,
 * none for those that are over. Runs where there is an `EventSource`: in a page or a shared worker.
 */
export class RunFeeds {
  readonly #base: string;
  /** Watchers, with the runs that they watch. */
  readonly #watchers = new Map<FeedListener, ReadonlySet<string>>();
  readonly #feeds = new Map<string, Feed>();
  #list: readonly RunSummary[] | undefined;
  #listText = "";
  #problem = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `base` is the address of the server's API, with `/` at its end. */
  constructor(base: string) {
    this.#base = base;
  }

  /** Follows the list and `ids` for a watcher, in place of what it followed before. */
  watch(listener: FeedListener, ids: readonly string[]): void {
    this.#watchers.set(listener, new Set(ids));
    if (this.#list) listener.onList(this.#list);
    listener.onProblem(this.#problem);
    for (const id of ids) {
      const feed = this.#feeds.get(id);
      if (feed?.read) listener.onRun(id, { events: feed.events, state: feed.state });
    }
    this.#tidy();
    this.#timer ??= setTimeout(() => this.#look(), 0);
    this.#connect();
  }

  leave(listener: FeedListener): void {
    this.#watchers.delete(listener);
    this.#tidy();
    if (this.#watchers.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#list = undefined;
    this.#listText = "";
  }

  async #look(): Promise<void> {
    try {
      const response = await fetch(`${this.#base}runs`);
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      this.#say("");
      if (text !== this.#listText) {
        this.#listText = text;
        this.#list = JSON.parse(text) as readonly RunSummary[];
        for (const listener of this.#watchers.keys()) listener.onList(this.#list);
      }
      this.#connect();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
    if (this.#watchers.size > 0) this.#timer = setTimeout(() => this.#look(), listEveryMs);
  }

  #say(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    for (const listener of this.#watchers.keys()) listener.onProblem(problem);
  }

  /** Closes what nobody watches. */
  #tidy(): void {
    const wanted = new Set([...this.#watchers.values()].flatMap((ids) => [...ids]));
    for (const [id, feed] of this.#feeds) {
      if (wanted.has(id)) continue;
      feed.source?.close();
      this.#feeds.delete(id);
    }
  }

  /** Opens what is watched and has news. */
  #connect(): void {
    const wanted = new Set([...this.#watchers.values()].flatMap((ids) => [...ids]));
    for (const run of this.#list ?? []) {
      if (!wanted.has(run.id) || run.state === "starting" || run.state === "broken") continue;
      const feed = this.#feeds.get(run.id);
      if (feed?.source) continue;
      const news = !feed?.read || run.lastEvent !== feed.lastEvent || run.state !== feed.state;
      if (!news) continue;
      const open = [...this.#feeds.values()].filter((f) => f.source).length;
      if (open < mostConnections) this.#open(run);
    }
  }

  #open(run: RunSummary): void {
    const { id } = run;
    const feed: Feed = this.#feeds.get(id) ?? {
      ...{ source: undefined, events: [], state: run.state, lastEvent: undefined, read: false },
    };
    this.#feeds.set(id, feed);
    const source = new EventSource(`${this.#base}runs/${encodeURIComponent(id)}/events`);
    feed.source = source;
    const on = <T extends keyof FeedMessages>(type: T, take: (data: FeedMessages[T]) => void) =>
      source.addEventListener(type, (message) => {
        take(JSON.parse(message.data) as FeedMessages[T]);
        feed.lastEvent = feed.events.at(-1)?.time;
      });
    let whole = false;
    on("history", (events) => {
      feed.events = events;
      whole = false;
    });
    on("events", (events) => {
      feed.events = withMore(feed.events, events);
      if (whole) this.#tell(id, (listener) => listener.onEvents(id, events));
    });
    on("state", (state) => {
      feed.state = state;
      feed.read = true;
      const { events } = feed;
      this.#tell(id, (listener) =>
        whole ? listener.onState(id, state) : listener.onRun(id, { events, state }),
      );
      whole = true;
      const more = [...this.#feeds.values()].filter((f) => f.source).length >= mostConnections;
      // What is over says nothing more; and where many are watched they take turns.
      if (state === "running" && !more) return;
      source.close();
      feed.source = undefined;
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) feed.source = undefined;
    });
  }

  #tell(id: string, what: (listener: FeedListener) => void): void {
    for (const [listener, ids] of this.#watchers) if (ids.has(id)) what(listener);
  }
}
