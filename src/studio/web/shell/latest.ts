/**
 * Does the latest of many wishes, one at a time: a slider asks more often than a network answers, and
 * what was asked in between is left out.
 */
export class Latest<Wish> {
  readonly #work: (wish: Wish) => Promise<void>;
  #next: { readonly wish: Wish } | undefined;
  #busy = false;

  constructor(work: (wish: Wish) => Promise<void>) {
    this.#work = work;
  }

  async ask(wish: Wish): Promise<void> {
    this.#next = { wish };
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#next) {
        const { wish: now } = this.#next;
        this.#next = undefined;
        await this.#work(now);
      }
    } finally {
      this.#busy = false;
    }
  }
}
