/** What a page does at the reader's wish, and what went wrong with the last of it. */
export class Attempts {
  problem = $state("");
  busy = $state(false);

  async run(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await work();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.busy = false;
  }
}
