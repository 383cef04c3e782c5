import { chooseBackend } from "../../src/runtime/web.ts";
import { playLosses } from "../support/play-losses.ts";

/** What the test calls in the page. */
export interface PlayPage {
  losses(backend: string, query: string, steps: number): ReturnType<typeof playLosses>;
}

const options = { wasmPaths: "/ort/", threads: 1 };
const page: PlayPage = {
  losses: async (name, query, steps) =>
    playLosses(await chooseBackend(name, options), query, steps),
};

Object.assign(globalThis, { playPage: page });
