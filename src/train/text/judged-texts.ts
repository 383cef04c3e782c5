import type { TextDataset, TextSpec } from "../../data/text/text-dataset.ts";
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
}

/** Reads all splits of a run's corpus. */
export async function realTexts(run: TextRun): Promise<RealTexts> {
  const { config } = run;
  const tokenizer = run.tokenizer();
  const { limit, ...whole } = config.data as TextSpec;
  // A limit takes the first texts of the same order.
  const all = await openTexts({ ...config, data: whole }, "train", tokenizer);
  const texts = idTexts(allSequences(all), all);
  const seen = Math.min(limit ?? texts.length, texts.length);
  const rest = async (split: "validation" | "test") => {
    const data = await openTexts(config, split, tokenizer);
    return idTexts(allSequences(data), data);
  };
  return {
    train: texts.slice(0, seen),
    unseen: [...texts.slice(seen), ...(await rest("validation"))],
    test: await rest("test"),
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
