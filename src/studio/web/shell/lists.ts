/** Every other one, the last among them, once there are more than `most`. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return all.filter((_, i) => (all.length - 1 - i) % 2 === 0);
}

/** The numbers of a choice, the present one among them. */
export function choices(list: readonly number[], present: number): number[] {
  return [...new Set([...list, present])].sort((a, b) => a - b);
}
