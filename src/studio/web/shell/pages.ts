import type { Component } from "svelte";
import type { Key } from "../i18n/en.ts";

export interface StudioPage {
  readonly id: string;
  readonly name: Key;
  /** Needs the local server. */
  readonly server?: boolean;
  load(): Promise<{ readonly default: Component }>;
}

/** The studio's pages in the order of its menu; a new one is a file and an entry. */
export const pages: readonly StudioPage[] = [
  { id: "play", name: "nav.play", load: () => import("../pages/Play.svelte") },
  { id: "tour", name: "nav.tour", load: () => import("../pages/Tour.svelte") },
];
