import type { TextDataset, TextSpec } from "../../data/text/text-dataset.ts";
import type { TextSplit } from "../../data/text/text-split.ts";
import { END } from "../../data/text/tokenizer.ts";
import type { Text } from "../../metrics/text/index.ts";
import { allSequences, openTexts, printedTexts, type TextRun } from "./text-run.ts";

/** The real texts of a run by what they are to its generator. */
export interface RealTexts {
  /** What it learned from. */
  readonly train: readonly Text[];
  /** By what its weights were chosen, and what a limit leaves of the train split: it learned none of these. */
  readonly unseen: readonly Text[];
  /** What its texts are compared with. */
  readonly test: readonly Text[];
  /** How one of these stands in the corpus, unknown words and all. */
  written(text: Text): string | undefined;
}

/** Reads all splits of a run's corpus. */
export async function realTexts(run: TextRun): Promise<RealTexts> {
  const { config } = run;
  const tokenizer = run.tokenizer();
  const { limit, ...whole } = config.data as TextSpec;
  const places = new Map<Text, readonly [data: TextDataset, index: number]>();
  const read = async (split: TextSplit) => {
    // A limit takes the first texts of the same order.
    const data = await openTexts({ ...config, data: whole }, split, tokenizer);
    const texts = idTexts(allSequences(data), data);
    for (const [i, text] of texts.entries()) places.set(text, [data, i]);
    return texts;
  };
  const all = await read("train");
  const seen = Math.min(limit ?? all.length, all.length);
  return {
    train: all.slice(0, seen),
    unseen: [...all.slice(seen), ...(await read("validation"))],
    test: await read("test"),
    written: (text) => {
      const [data, index] = places.get(text) ?? [];
      return data?.print(data.textOf(index as number));
    },
  };
}

/** Sequences [n,T] up to their ends. */
export function idTexts(ids: Int32Array, { length }: Pick<TextDataset, "length">): Text[] {
  return Array.from({ length: ids.length / length }, (_, i) => {
    const all = [...ids.subarray(i * length, (i + 1) * length)];
    const stop = all.indexOf(END);
    return stop < 0 ? all : all.slice(0, stop);
  });
}

/** Texts as people read them. */
export function printed({ config }: TextRun, tokenizer: ReturnType<TextRun["tokenizer"]>) {
  const ids = new Int32Array(config.length);
  return (text: Text): string => {
    ids.fill(END).set(text);
    return printedTexts(config, tokenizer, ids)[0] ?? "";
  };
}
