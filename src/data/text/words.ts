const letter = "(?![\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}])[\\p{L}\\p{N}]";
const run = `(?:${letter}\\p{M}*)+`;
const inner = `['’-](?=${letter})|(?<=\\p{N})[.,](?=\\p{N})`;
const word = new RegExp(`${run}(?:(?:${inner})${run})*|\\S\\p{M}*`, "gu");

/**
 * Splits text into words: a run of letters and digits, with an apostrophe or hyphen between two of
 * them (`don't`, `term-end`) and a point or comma between two digits (`3,000.5`); any other sign is
 * a word of its own, and so is each Chinese or Japanese character. Spaces only part words.
 */
export function splitWords(text: string): string[] {
  return text.match(word) ?? [];
}

const closing = new Set(",.;:!?)]}”%…。，、；：！？）》」』");
const opening = new Set("([{“$£€¿¡（《「『");
const unspaced = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const unspacedSign = /^[。，、；：！？（）《》「」『』]$/u;
const mark = /^\p{M}/u;

/**
 * Writes words as a person would: no space before a comma, after a bracket, within a pair of
 * quotation marks, or between Chinese characters. `splitWords` of the result gives the same words.
 */
export function joinWords(words: readonly string[]): string {
  let text = "";
  let glued = true;
  let quoted = false;
  let before = "";
  for (const w of words) {
    const closes = closing.has(w) || (w === '"' && quoted);
    const chinese = isChinese(before) && isChinese(w);
    // A lone combining mark would melt into the sign before it.
    if (text !== "" && !((glued || closes || chinese) && !mark.test(w))) text += " ";
    text += w;
    glued = opening.has(w) || (w === '"' && !quoted);
    if (w === '"') quoted = !quoted;
    before = w;
  }
  return text;
}

const isChinese = (w: string): boolean => unspaced.test(w) || unspacedSign.test(w);
