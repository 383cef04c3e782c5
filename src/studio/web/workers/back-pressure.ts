/** Holds back what a page is to show until it has drawn what came before. */
export class BackPressure {
  #drawing = false;

  get free(): boolean {
    return !this.#drawing;
  }

  /** Something is on its way; `drawn` settles once the page has drawn it. */
  send(drawn: Promise<void>): void {
    this.#drawing = true;
    void drawn.then(() => {
      this.#drawing = false;
    });
  }
}
