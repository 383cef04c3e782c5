import { join } from "node:path";
import { z } from "zod";
import { GansmithError } from "../../util/errors.ts";
import type { SourceFile } from "../content-hash.ts";
import { hashFiles, readHashed } from "../content-hash.ts";
import { decoderVersion } from "../decode-image.ts";
import { byCodeUnit, encodedOptions, encodedPlan } from "../encoded-images.ts";
import { cacheFolder, openCached } from "../open-cached.ts";
import { optionalPackage } from "../optional-package.ts";
import type { DataSpec } from "../source.ts";
import { dataSource, hashSplit, testShareSchema } from "../source.ts";

/** Options of `emoji`. */
export interface EmojiOptions {
  /** Whose drawings: Google's Noto (default) or Twitter's Twemoji. */
  readonly vendor?: "google" | "twitter";
  /** False leaves the skin-tone variants out. */
  readonly skinTones?: boolean;
  /** What shows through transparent pixels: white (default), black, grey or #rrggbb. */
  readonly background?: string;
  /** Share kept for judging, 0 to 0.5; default 0.1. */
  readonly testShare?: number;
}

/** 3,786 colour emoji, 64 x 64; labels are the Unicode categories. */
export function emoji(options: EmojiOptions = {}): DataSpec {
  return { name: "emoji", ...options };
}

/**
 * Emoji from the npm package `emoji-datasource-google` (or `-twitter`), composited on white. The
 * split goes by base emoji: skin-tone variants, and pictures with equal bytes, stay together.
 */
export const emojiSource = dataSource({
  name: "emoji",
  summary: "colour emoji, 64x64, 10 categories, about 3,400 + 380 (npm emoji-datasource-google)",
  schema: z.strictObject({
    vendor: z.enum(["google", "twitter"]).default("google"),
    skinTones: z.boolean().default(true),
    background: encodedOptions.background,
    testShare: testShareSchema,
  }),
  async open(options, given) {
    const request = { ...given, size: given.size ?? 64, channels: given.channels ?? 3 };
    const root = optionalPackage(`emoji-datasource-${options.vendor}`, 'data set "emoji"');
    const table: SourceFile = { name: "emoji.json", path: join(root, "emoji.json") };
    const tableHash = await hashFiles(table.path, [table], cacheFolder(request));
    const list = readTable(
      table.path,
      await readHashed(table, tableHash.digests[0] as string),
      options,
    );
    const files = list.map(({ image }): SourceFile => {
      return { name: image, path: join(root, "img", options.vendor, "64", image) };
    });
    const content = await hashFiles(root, files, cacheFolder(request));
    const key = [
      tableHash.hash,
      content.hash,
      decoderVersion,
      JSON.stringify(options),
      request.size,
      request.channels,
    ];
    const classes = [...new Set(list.map((e) => e.category))].sort(byCodeUnit);
    return openCached({ name: "emoji", split: request.split, key }, request, () =>
      encodedPlan(
        {
          where: root,
          names: files.map((f) => f.name),
          classes,
          labelOf: (i) => classes.indexOf(list[i]?.category ?? ""),
          read: (i) => readHashed(files[i] as SourceFile, content.digests[i] as string),
        },
        hashSplit(groupsOf(list, content.digests), options.testShare, request.split),
        request,
        { ...encodedRule, background: options.background },
      ),
    );
  },
});

const encodedRule = { fit: "crop", kernel: "auto", skipBad: false, labels: true } as const;

/** One picture: its file, its category and the emoji without skin tone that it belongs to. */
interface Emoji {
  readonly image: string;
  readonly category: string;
  readonly base: string;
}

const imageName = z.string().regex(/^[0-9a-f-]+\.png$/);
const entry = z.looseObject({ category: z.string().min(1), image: imageName, unified: z.string() });
const variations = z.record(z.string(), z.looseObject({ image: imageName })).optional();

function readTable(
  path: string,
  bytes: Uint8Array,
  options: { readonly vendor: string; readonly skinTones: boolean },
): Emoji[] {
  const bad = (why: string): GansmithError =>
    new GansmithError(
      "data",
      `${path}: ${why}. Install again: npm install emoji-datasource-${options.vendor}`,
    );
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  const has = `has_img_${options.vendor}`;
  const list: Emoji[] = [];
  for (const [i, item] of (Array.isArray(json) ? json : []).entries()) {
    const parsed = entry.safeParse(item);
    const tones = variations.safeParse(parsed.data?.skin_variations);
    if (!parsed.success || !tones.success) throw bad(`entry ${i} is not an emoji`);
    const { category, unified } = parsed.data;
    const base = unified.replaceAll(/-(1F3F[B-F]|FE0F)\b/g, "");
    const all = [parsed.data, ...(options.skinTones ? Object.values(tones.data ?? {}) : [])];
    for (const e of all) if (e[has] === true) list.push({ image: e.image, category, base });
  }
  if (list.length === 0) throw bad(`it lists no pictures of ${options.vendor}`);
  return list;
}

/** The base emoji of each picture; bases that share a picture byte for byte become one. */
function groupsOf(list: readonly Emoji[], digests: readonly string[]): string[] {
  const parent = new Map<string, string>();
  const find = (base: string): string => {
    let at = base;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  const owner = new Map<string, string>();
  for (const [i, { base }] of list.entries()) {
    const digest = digests[i] as string;
    const other = owner.get(digest);
    owner.set(digest, base);
    if (other !== undefined && find(other) !== find(base)) parent.set(find(base), find(other));
  }
  return list.map(({ base }) => find(base));
}
