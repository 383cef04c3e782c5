import type { Component } from "svelte";
import type { TourKey } from "./text.ts";

interface Chapter {
  readonly title: TourKey;
  load(): Promise<{ readonly default: Component }>;
}

/** The tour's pages in their order; a new one is a file and an entry. */
export const chapters: readonly Chapter[] = [
  { title: "detective.title", load: () => import("./Detective.svelte") },
  { title: "value.title", load: () => import("./MinimaxValue.svelte") },
  { title: "turns.title", load: () => import("./TakingTurns.svelte") },
  { title: "images.title", load: () => import("./ImageGenerator.svelte") },
  { title: "text.title", load: () => import("./TextGenerator.svelte") },
  { title: "cures.title", load: () => import("./Cures.svelte") },
];

/** The page that a query asks for, from 0; the first one where it asks for none. */
export function chapterOf(query: string): number {
  const asked = Number(new URLSearchParams(query).get("page") ?? 1);
  return Number.isInteger(asked) && asked >= 1 && asked <= chapters.length ? asked - 1 : 0;
}

export function addressOf(chapter: number): string {
  return chapter === 0 ? "#/tour" : `#/tour?page=${chapter + 1}`;
}
