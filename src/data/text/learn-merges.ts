/** A merge: two neighbouring ids become one. */
export type Merge = readonly [left: number, right: number];

/** Pairs as one number: ids stay below 2^21, so the key is exact. */
export const pairKey = (left: number, right: number): number => left * 0x20_0000 + right;

interface Candidate {
  readonly key: number;
  readonly count: number;
}

/** The commoner pair first; among equals the one with the lower ids, so that ties never vary. */
const before = (a: Candidate, b: Candidate): boolean =>
  a.count > b.count || (a.count === b.count && a.key < b.key);

/**
 * Learns byte-pair merges (arXiv 1508.07909): again and again the commonest pair of neighbours
 * becomes a new id, from `nextId` on, until `most` merges are made or no pair occurs twice.
 * Counts are updated only in the words that hold the pair.
 */
export function learnMerges(
  words: readonly { readonly ids: readonly number[]; readonly count: number }[],
  nextId: number,
  most: number,
): Merge[] {
  const ids = words.map((w) => [...w.ids]);
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const add = (key: number, count: number, word: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + count);
    const at = places.get(key);
    if (at) at.add(word);
    else places.set(key, new Set([word]));
  };
  for (const [w, list] of ids.entries()) {
    for (const key of pairsOf(list)) add(key, words[w]?.count ?? 0, w);
  }
  const heap: Candidate[] = [];
  for (const [key, count] of counts) push(heap, { key, count });
  const merges: Merge[] = [];
  while (merges.length < most) {
    const best = pop(heap);
    if (!best || best.count < 2) break;
    // An entry whose count has changed since is stale: the pair stands in the heap again.
    if (counts.get(best.key) !== best.count) continue;
    const merge: Merge = [Math.floor(best.key / 0x20_0000), best.key % 0x20_0000];
    const changed = new Set<number>();
    for (const w of places.get(best.key) ?? []) {
      const old = ids[w] as number[];
      const merged = applyMerge(old, merge, nextId + merges.length);
      if (merged.length === old.length) continue;
      const count = words[w]?.count ?? 0;
      for (const key of pairsOf(old)) {
        counts.set(key, (counts.get(key) ?? 0) - count);
        changed.add(key);
      }
      for (const key of pairsOf(merged)) {
        add(key, count, w);
        changed.add(key);
      }
      ids[w] = merged;
    }
    places.delete(best.key);
    for (const key of changed) {
      const count = counts.get(key) ?? 0;
      if (count > 0) push(heap, { key, count });
    }
    merges.push(merge);
  }
  return merges;
}

function* pairsOf(list: readonly number[]): Generator<number> {
  for (let i = 1; i < list.length; i++) {
    yield pairKey(list[i - 1] as number, list[i] as number);
  }
}

/** Every occurrence of the pair, from the left, becomes `id`. */
export function applyMerge(list: readonly number[], [left, right]: Merge, id: number): number[] {
  const merged: number[] = [];
  for (let i = 0; i < list.length; i++) {
    if (list[i] === left && list[i + 1] === right) {
      merged.push(id);
      i++;
    } else merged.push(list[i] as number);
  }
  return merged;
}

function push(heap: Candidate[], item: Candidate): void {
  let i = heap.push(item) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!before(item, heap[parent] as Candidate)) break;
    heap[i] = heap[parent] as Candidate;
    i = parent;
  }
  heap[i] = item;
}

function pop(heap: Candidate[]): Candidate | undefined {
  const top = heap[0];
  const item = heap.pop();
  if (!item || heap.length === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    const next = heap[child + 1];
    if (next && before(next, heap[child] as Candidate)) child++;
    if (!before(heap[child] as Candidate, item)) break;
    heap[i] = heap[child] as Candidate;
    i = child;
  }
  heap[i] = item;
  return top;
}
