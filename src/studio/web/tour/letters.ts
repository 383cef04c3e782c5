import { characterTokenizer } from "../../../data/text/character-tokenizer.ts";
import { END, START } from "../../../data/text/tokenizer.ts";
import { lstm } from "../../../models/sequence/lstm-generator.ts";
import type { WritingGenerator } from "../../../train/text/text-model.ts";
import lettersFile from "./assets/letters.safetensors?url";
import { loadAsset } from "./load-asset.ts";

/** The generator that writes short sentences of English letter by letter, an LSTM that learned Brown. */
export interface Letters extends WritingGenerator {
  /** Length of its hidden vector. */
  readonly hidden: number;
  /** What counts as a word: those that the training sentences have several times. */
  readonly words: readonly string[];
}

/** Throws where it cannot be read. */
export async function loadLetters(): Promise<Letters> {
  const { metadata, weights } = await loadAsset(lettersFile);
  const given = (name: string) => JSON.parse(metadata[name] ?? "null");
  const { kind: _, ...json } = given("tokenizer");
  const tokenizer = characterTokenizer.fromJson(json);
  const { name: __, ...spec } = given("generator");
  const options = lstm.schema.parse(spec);
  const shape = { vocabulary: tokenizer.vocabulary, length: given("length") as number };
  const generator = lstm.build(options, { ...shape, start: START, end: END });
  const words = (given("words") as string).split(" ");
  const never: number[] = given("never");
  return { generator, weights, tokenizer, never, hidden: options.hidden, words };
}
