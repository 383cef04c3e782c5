import { usageError } from "../../util/errors.ts";

/** Token ids of one text, without start and end. */
export type Text = readonly number[];
export type Texts = readonly Text[];

/** Throws a usage error when there are no texts, or none is `order` tokens long. */
export function requireOrder(what: string, texts: Texts, order: number): void {
  if (!Number.isInteger(order) || order < 1) {
    throw usageError(`${what}: the n of an n-gram is a whole number >= 1, received ${order}.`);
  }
  requireTexts(what, texts);
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  if (longest < order) {
    throw usageError(
      `${what}: ${order}-grams need a text of ${order} tokens or more, the longest has ${longest}.`,
    );
  }
}

/** Throws a usage error when there are no texts. */
export function requireTexts(what: string, texts: readonly unknown[]): void {
  if (texts.length === 0) throw usageError(`${what}: expected at least 1 text, received none.`);
}

/** Above every number of different tokens, and times any number of n-grams still exact in f64. */
const TOKENS = 2 ** 24;

/**
 * For every n-gram up to `maxOrder` the largest and the second largest count in any one text. With
 * both, the largest count in all texts but one is known too, so no pair of texts is ever compared.
 */
export class NgramCounts {
  readonly maxOrder: number;
  readonly #tokens = new Map<number, number>();
  /** A trie: node * TOKENS + token -> node; a node is an n-gram. */
  readonly #children = new Map<number, number>();
  readonly #order: number[] = [0];
  readonly #largest: number[] = [0];
  readonly #second: number[] = [0];
  /** Counts of the text at hand; all 0 between calls. */
  readonly #own: number[] = [0];
  readonly #lengths = new Map<number, number>();

  constructor(texts: Texts, maxOrder: number) {
    this.maxOrder = maxOrder;
    for (const text of texts) this.#add(text);
  }

  /** How many different n-grams there are of each order; index n - 1. */
  distinct(): number[] {
    const counts = new Array<number>(this.maxOrder).fill(0);
    for (let node = 1; node < this.#order.length; node++) {
      const at = (this.#order[node] as number) - 1;
      counts[at] = (counts[at] as number) + 1;
    }
    return counts;
  }

  /**
   * sum over the text's n-grams of min(count, largest count in any text), for each n; index n - 1.
   * With `leaveOut` the text is one of those counted and is not compared with itself.
   */
  clippedMatches(text: Text, leaveOut: boolean): number[] {
    const matches = new Array<number>(this.maxOrder).fill(0);
    for (const node of this.#tally(text, false)) {
      const own = this.#own[node] as number;
      const largest = this.#largest[node] as number;
      const peak = leaveOut && own === largest ? (this.#second[node] as number) : largest;
      const at = (this.#order[node] as number) - 1;
      matches[at] = (matches[at] as number) + Math.min(own, peak);
      this.#own[node] = 0;
    }
    return matches;
  }

  /** The length nearest to `length` that a text has; of two equally near ones the shorter. */
  closestLength(length: number, leaveOut: boolean): number {
    let best = Number.POSITIVE_INFINITY;
    for (const [other, count] of this.#lengths) {
      if (leaveOut && other === length && count === 1) continue;
      const nearer = Math.abs(other - length) - Math.abs(best - length);
      if (nearer < 0 || (nearer === 0 && other < best)) best = other;
    }
    return best;
  }

  #add(text: Text): void {
    this.#lengths.set(text.length, (this.#lengths.get(text.length) ?? 0) + 1);
    for (const node of this.#tally(text, true)) {
      const own = this.#own[node] as number;
      if (own > (this.#largest[node] as number)) {
        this.#second[node] = this.#largest[node] as number;
        this.#largest[node] = own;
      } else if (own > (this.#second[node] as number)) this.#second[node] = own;
      this.#own[node] = 0;
    }
  }

  /** Counts the text's known n-grams into #own; which ones. */
  #tally(text: Text, grow: boolean): number[] {
    const touched: number[] = [];
    for (let start = 0; start < text.length; start++) {
      const end = Math.min(text.length, start + this.maxOrder);
      let node: number | undefined = 0;
      for (let i = start; i < end; i++) {
        node = this.#child(node, text[i] as number, grow);
        // No longer n-gram from here is known either.
        if (node === undefined) break;
        const own = this.#own[node] as number;
        if (own === 0) touched.push(node);
        this.#own[node] = own + 1;
      }
    }
    return touched;
  }

  #child(node: number, token: number, grow: boolean): number | undefined {
    let id = this.#tokens.get(token);
    if (id === undefined) {
      if (!grow) return undefined;
      id = this.#tokens.size;
      this.#tokens.set(token, id);
    }
    const key = node * TOKENS + id;
    const known = this.#children.get(key);
    if (known !== undefined || !grow) return known;
    const added = this.#order.length;
    this.#children.set(key, added);
    this.#order.push((this.#order[node] as number) + 1);
    this.#largest.push(0);
    this.#second.push(0);
    this.#own.push(0);
    return added;
  }
}
