/** A piece of a text: a word, known or not, or what stands between words. */
export interface Piece {
  readonly text: string;
  readonly kind: "known" | "invented" | "between";
}

/** How good and how varied some texts are. */
export interface TextScores {
  /** Share of the words that are known. */
  readonly quality: number;
  /** Share of different words among the first `counted`. */
  readonly diversity: number;
}

/** Words by which diversity is judged: the share falls with their number, so it is the same for all. */
const counted = 150;
const word = /[A-Za-z']+/g;

/** A text cut into words and what stands between; together they are the text. */
export function piecesOf(text: string, known: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(word)) {
    if (index > at) pieces.push({ text: text.slice(at, index), kind: "between" });
    pieces.push({ text: found, kind: known.has(found.toLowerCase()) ? "known" : "invented" });
    at = index + found.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), kind: "between" });
  return pieces;
}

/** Throws nothing: texts without a word have the scores 0. */
export function scoresOf(texts: readonly string[], known: ReadonlySet<string>): TextScores {
  const words = texts.flatMap((text) => text.toLowerCase().match(word) ?? []);
  const first = words.slice(0, counted);
  const share = (part: number, of: number) => (of === 0 ? 0 : part / of);
  return {
    quality: share(words.filter((w) => known.has(w)).length, words.length),
    diversity: share(new Set(first).size, first.length),
  };
}
