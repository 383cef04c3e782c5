/** What a page does at the reader's wish, and what went wrong with the last of it. */
export class Attempts {
  problem = $state("");
  busy = $state(false);
  #begun = 0;

  /** `work` can ask whether a later wish has overtaken it: then what it fetched is not wanted any more. */
  async run(work: (overtaken: () => boolean) => Promise<unknown>): Promise<void> {
    const own = ++this.#begun;
    const overtaken = () => own !== this.#begun;
    this.busy = true;
    this.problem = "";
    try {
      await work(overtaken);
    } catch (error) {
      if (!overtaken()) this.problem = error instanceof Error ? error.message : String(error);
    }
    if (!overtaken()) this.busy = false;
  }
}
