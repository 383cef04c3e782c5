/** Columns that fit side by side. */
const most = 6;

/** The temperatures of a list such as `0.7, 1, 1.3`; undefined where it holds anything else. */
export function readTemperatures(text: string): number[] | undefined {
  const all = text.split(/[,，;\s]+/).filter(Boolean);
  const numbers = [...new Set(all.map(Number))];
  const fit = numbers.every((x) => Number.isFinite(x) && x > 0);
  return fit && numbers.length > 0 && numbers.length <= most ? numbers : undefined;
}
