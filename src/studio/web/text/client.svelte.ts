import * as Comlink from "comlink";
import type { OpenedText, TextServer, TextWish, WrittenTexts } from "../workers/text-worker.ts";

/** A generator of text as the page sees it; a worker writes. */
export class TextClient {
  file = $state.raw<OpenedText>();
  /** What went wrong with the worker itself. */
  problem = $state("");
  readonly #worker: Worker;
  readonly #server: Comlink.Remote<TextServer>;

  constructor() {
    // Written in one piece: so the bundler sees that this is a worker.
    this.#worker = new Worker(new URL("../workers/text-worker.ts", import.meta.url), {
      type: "module",
      name: "text",
    });
    this.#worker.onerror = (event) => {
      this.problem = event.message || "the worker that writes could not be started.";
    };
    this.#server = Comlink.wrap<TextServer>(this.#worker);
  }

  async open(bytes: Uint8Array, tokenizer?: string): Promise<void> {
    this.file = await this.#server.open(bytes, tokenizer);
  }

  write(wish: TextWish): Promise<WrittenTexts> {
    return this.#server.write(wish);
  }

  close(): void {
    this.#worker.terminate();
  }
}
