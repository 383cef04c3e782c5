import { en, type Key } from "./en.ts";
import { zh } from "./zh.ts";

const sentences = { en, zh };
export type Language = keyof typeof sentences;
export type { Key };

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

/** A sentence in the present language; `{name}` in it is replaced by `values.name`. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return sentences[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
