import { en, type Key } from "./en.ts";
import { zh } from "./zh.ts";

export type Language = "en" | "zh";
export type { Key };

type Values = Readonly<Record<string, string | number>>;

const kept = localStorage.getItem("language");
const own = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
let language = $state<Language>(kept === "zh" || kept === "en" ? kept : own);

export function currentLanguage(): Language {
  return language;
}

export function setLanguage(next: Language): void {
  language = next;
  localStorage.setItem("language", next);
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
}

/**
 * What says sentences of a page's own in the present language; `{name}` in one is replaced by
 * `values.name`.
 */
export function speaker<K extends string>(
  sentences: Readonly<Record<Language, Readonly<Record<K, string>>>>,
): (key: K, values?: Values) => string {
  return (key, values = {}) =>
    sentences[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : whole,
    );
}

/** A sentence that any page may need. */
export const t: (key: Key, values?: Values) => string = speaker<Key>({ en, zh });
