import type { Component } from "svelte";
import type { Key } from "../i18n/en.ts";

export interface StudioPage {
  readonly id: string;
  readonly name: Key;
  /** Needs the local server: without one it is not in the menu, and says how to start it. */
  readonly server?: boolean;
  load(): Promise<{ readonly default: Component }>;
}

/** The studio's pages in the order of its menu; a new one is a file and an entry. */
export const pages: readonly StudioPage[] = [
  { id: "play", name: "nav.play", load: () => import("../pages/Play.svelte") },
  { id: "images", name: "nav.images", load: () => import("../pages/Images.svelte") },
  { id: "runs", name: "nav.runs", server: true, load: () => import("../pages/Runs.svelte") },
  { id: "explore", name: "nav.explore", load: () => import("../pages/Explore.svelte") },
  { id: "text", name: "nav.text", load: () => import("../pages/Text.svelte") },
  { id: "tour", name: "nav.tour", load: () => import("../pages/Tour.svelte") },
];
