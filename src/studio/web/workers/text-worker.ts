import * as Comlink from "comlink";
import { encodeModel } from "../../../onnx/model.ts";
import { type ModelFileSession, openModelFile } from "../../../runtime/web-model-file.ts";
import { sequenceFeeds, sequenceMajor } from "../../../train/sequence/sequence-feeds.ts";
import { checkDrawing, prefixTokens } from "../../../train/text/drawing.ts";
import { textModel } from "../../../train/text/text-model.ts";
import { Random } from "../../../util/random.ts";
import { readTextFile, type TextFile } from "../../explore/text-file.ts";
import { loadLetters } from "../tour/letters.ts";
import { oneAtATime } from "./queue.ts";
import { runtimeFiles } from "./runtime-files.ts";

/** What the page shows of a file. */
export interface OpenedText {
  readonly length: number;
  readonly vocabulary: number;
  readonly tokenizer: string;
  readonly about: Readonly<Record<string, string>>;
}

export interface TextWish {
  readonly n: number;
  readonly seed: number;
  readonly temperature: number;
  readonly prefix: string;
}

export interface WrittenTexts {
  readonly texts: readonly string[];
  /** Sequences [n,T]. */
  readonly tokens: Int32Array;
  readonly seconds: number;
}

/** Writes texts away from the page, so that the page never waits. */
export class TextServer {
  #file: TextFile | undefined;
  #session: ModelFileSession | undefined;
  readonly #queue = oneAtATime();

  /** Opens an ONNX file in place of the one before, which stays where this one is refused. */
  open(bytes: Uint8Array, tokenizer?: string): Promise<OpenedText> {
    return this.#queue(async () => {
      const file = readTextFile(bytes, tokenizer);
      // Its thousands of small nodes have nothing to fuse.
      const options = { threads: 1, wasmPaths: runtimeFiles, optimize: false };
      const session = await openModelFile(bytes, "wasm", options);
      await this.#session?.release();
      this.#file = file;
      this.#session = session;
      const { length, vocabulary } = file.shape;
      return { length, vocabulary, tokenizer: file.tokenizer.name, about: file.about };
    });
  }

  /** A small generator of English, as an exported file. Throws where it cannot be read. */
  async demo(): Promise<Uint8Array> {
    const letters = await loadLetters();
    const metadata = { recipe: "tour-letters", data: "brown" };
    return encodeModel(textModel(letters, { metadata }));
  }

  write({ n, seed, temperature, prefix }: TextWish): Promise<WrittenTexts> {
    return this.#queue(async () => {
      const { shape, tokenizer } = this.#file as TextFile;
      const session = this.#session as ModelFileSession;
      checkDrawing({ temperature });
      const begin = prefixTokens(tokenizer, prefix, shape.length);
      const { length } = shape;
      const tokens = new Int32Array(n * length);
      const from = performance.now();
      const chunks = sequenceFeeds(shape, n, new Random(seed, "samples"), { temperature, begin });
      for (const { done, rows, feeds } of chunks) {
        const found = (await session.run(feeds)).get("tokens") as Int32Array;
        sequenceMajor(found, length, rows, tokens.subarray(done * length));
      }
      const seconds = (performance.now() - from) / 1000;
      const texts = Array.from({ length: n }, (_, i) =>
        tokenizer.decode(tokens.subarray(i * length, (i + 1) * length)),
      );
      return { texts, tokens, seconds };
    });
  }
}

Comlink.expose(new TextServer());
