/**
 * Runs `start(0..count-1)` with at most `width` under way and yields `[i, result]` in order.
 * The first failure is thrown where its turn comes; later ones are dropped.
 */
export async function* inOrder<T>(
  count: number,
  width: number,
  start: (i: number) => Promise<T> | T,
): AsyncGenerator<[number, T]> {
  const running: (Promise<T> | T)[] = [];
  for (let i = 0, next = 0; i < count; i++) {
    for (; next < count && next < i + width; next++) {
      const work = start(next);
      if (work instanceof Promise) work.catch(() => {});
      running.push(work);
    }
    const result = running.shift() as Promise<T> | T;
    yield [i, result instanceof Promise ? await result : result];
  }
}
