import { type FeedListener, RunFeeds } from "../runs/run-feeds.ts";

/** What a page asks of the worker that all pages share. */
export interface FeedRequest {
  /** The address of the server's API. */
  readonly base: string;
  /** The runs to follow; `undefined` when the page goes away. */
  readonly watch?: readonly string[] | undefined;
}

/** What the worker tells: a method of `FeedListener` and what it is called with. */
export type FeedNotice = {
  readonly [M in keyof FeedListener]: readonly [M, ...Parameters<FeedListener[M]>];
}[keyof FeedListener];

/** A page that was not heard for so long is gone; pages in the background speak once a minute. */
const silenceMs = 200_000;

let feeds: RunFeeds | undefined;

addEventListener("connect", (event) => {
  const port = (event as MessageEvent).ports[0] as MessagePort;
  const send = (notice: FeedNotice) => port.postMessage(notice);
  const listener: FeedListener = {
    onList: (runs) => send(["onList", runs]),
    onRun: (id, run) => send(["onRun", id, run]),
    onEvents: (id, events) => send(["onEvents", id, events]),
    onState: (id, state) => send(["onState", id, state]),
    onProblem: (message) => send(["onProblem", message]),
  };
  let watched = "";
  let silence: ReturnType<typeof setTimeout> | undefined;
  const leave = () => {
    watched = "";
    feeds?.leave(listener);
  };
  port.onmessage = ({ data }: MessageEvent<FeedRequest>) => {
    feeds ??= new RunFeeds(data.base);
    clearTimeout(silence);
    if (!data.watch) {
      leave();
      return;
    }
    silence = setTimeout(leave, silenceMs);
    // Said again only to be heard.
    const asked = JSON.stringify(data.watch);
    if (asked === watched) return;
    watched = asked;
    feeds.watch(listener, data.watch);
  };
});
