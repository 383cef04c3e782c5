import { speaker } from "../i18n/index.svelte.ts";
import { type TourKey, tourEn } from "../i18n/tour-en.ts";
import { tourZh } from "../i18n/tour-zh.ts";

export type { TourKey };

/** A sentence of the tour, which comes with its page. */
export const say: (key: TourKey, values?: Readonly<Record<string, string | number>>) => string =
  speaker<TourKey>({ en: tourEn, zh: tourZh });
