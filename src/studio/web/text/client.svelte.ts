import { type Connection, connect } from "../workers/connect.ts";
import type { OpenedText, TextServer, TextWish, WrittenTexts } from "../workers/text-worker.ts";

/** A generator of text as the page sees it; a worker writes. */
export class TextClient {
  file = $state.raw<OpenedText>();
  /** What went wrong with the worker itself. */
  problem = $state("");
  readonly #worker: Connection<TextServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = connect<TextServer>(
      new Worker(new URL("../workers/text-worker.ts", import.meta.url), {
        type: "module",
        name: "text",
      }),
      (message) => {
        this.problem = message;
      },
    );
  }

  async open(bytes: Uint8Array, tokenizer?: string): Promise<void> {
    this.file = await this.#worker.server.open(bytes, tokenizer);
  }

  /** A small generator of English, as an exported file. */
  demo(): Promise<Uint8Array> {
    return this.#worker.server.demo();
  }

  write(wish: TextWish): Promise<WrittenTexts> {
    return this.#worker.server.write(wish);
  }

  close(): void {
    this.#worker.close();
  }
}
