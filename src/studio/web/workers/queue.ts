/**
 * One thing at a time, in the order of asking: a session cannot run twice at once. `onFailure` hears what
 * went wrong, besides the one who asked.
 */
export function oneAtATime(
  onFailure: (error: Error) => void = () => {},
): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(onFailure);
    return run;
  };
}
