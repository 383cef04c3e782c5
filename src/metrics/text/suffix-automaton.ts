import type { Text, Texts } from "./ngrams.ts";

/**
 * The suffix automaton of several texts (Blumer et al. 1985): a state is a set of spans that end at
 * the same places; its link is the longest shorter suffix that ends at more places.
 */
export class SuffixAutomaton {
  readonly #next: Map<number, number>[] = [new Map()];
  readonly #length: number[] = [0];
  readonly #link: number[] = [-1];
  /** For each text the state of each of its prefixes. */
  readonly #prefixes: readonly number[][];

  constructor(texts: Texts) {
    this.#prefixes = texts.map((text) => {
      let last = 0;
      return text.map((token) => {
        last = this.#extend(last, token);
        return last;
      });
    });
  }

  /** For each text of the automaton the length of its longest span that stands in one of `others`. */
  longestShared(others: Texts): number[] {
    const shared = new Int32Array(this.#length.length);
    for (const other of others) this.#mark(other, shared);
    // A shared span's suffixes are shared as well, and what is not shared may have a suffix that is.
    const byLength = Array.from(shared, (_, state) => state).sort(
      (a, b) => this.#lengthOf(a) - this.#lengthOf(b),
    );
    for (const state of byLength.toReversed()) {
      const link = this.#link[state] as number;
      if ((shared[state] as number) > 0 && link > 0) shared[link] = this.#lengthOf(link);
    }
    for (const state of byLength) {
      const link = this.#link[state] as number;
      if (shared[state] === 0 && link > 0) shared[state] = shared[link] as number;
    }
    return this.#prefixes.map((states) =>
      states.reduce((most, state) => Math.max(most, shared[state] as number), 0),
    );
  }

  /** Runs a text through; at every state the longest span that was met there. */
  #mark(text: Text, shared: Int32Array): void {
    let state = 0;
    let length = 0;
    for (const token of text) {
      let next = this.#next[state]?.get(token);
      while (next === undefined && state !== 0) {
        state = this.#link[state] as number;
        length = this.#lengthOf(state);
        next = this.#next[state]?.get(token);
      }
      if (next === undefined) continue;
      state = next;
      length++;
      if (length > (shared[state] as number)) shared[state] = length;
    }
  }

  #extend(last: number, token: number): number {
    const known = this.#next[last]?.get(token);
    if (known !== undefined) return this.#split(last, token, known);
    const added = this.#add(this.#lengthOf(last) + 1, new Map());
    let state = last;
    while (state >= 0 && !this.#next[state]?.has(token)) {
      this.#next[state]?.set(token, added);
      state = this.#link[state] as number;
    }
    const target = state < 0 ? undefined : this.#next[state]?.get(token);
    this.#link[added] = target === undefined ? 0 : this.#split(state, token, target);
    return added;
  }

  /** The state of exactly the spans of `state` followed by `token`, cut off `target` if need be. */
  #split(state: number, token: number, target: number): number {
    const length = this.#lengthOf(state) + 1;
    if (this.#lengthOf(target) === length) return target;
    const copy = this.#add(length, new Map(this.#next[target]));
    this.#link[copy] = this.#link[target] as number;
    this.#link[target] = copy;
    let from = state;
    while (from >= 0 && this.#next[from]?.get(token) === target) {
      this.#next[from]?.set(token, copy);
      from = this.#link[from] as number;
    }
    return copy;
  }

  #add(length: number, next: Map<number, number>): number {
    this.#next.push(next);
    this.#link.push(0);
    return this.#length.push(length) - 1;
  }

  #lengthOf(state: number): number {
    return this.#length[state] as number;
  }
}
