import type { Page } from "playwright-core";

export interface FetchedScript {
  readonly address: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}
/** A page of the studio's. */
export interface StudioPlace {
  readonly name: string;
  readonly hash: string;
  readonly usable: string;
}
export declare const studioPlaces: readonly StudioPlace[];
/** Bytes in use. */
export interface HeapUse {
  readonly objects: number;
  readonly buffers: number;
}
export declare function watchScripts(page: Page): () => Promise<readonly FetchedScript[]>;
export declare function openHeaps(page: Page): Promise<
  () => Promise<
    HeapUse & {
      readonly page: HeapUse;
      readonly workers: readonly (HeapUse & { readonly url: string })[];
    }
  >
>;
