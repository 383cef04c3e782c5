/**
 * Work that Ctrl-C ends in order: the first one aborts `stop` and `say` tells what happens now, a second
 * one ends the program at once.
 */
export async function interruptible(
  say: () => void,
  work: (stop: AbortController) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(130);
    say();
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    await work(stop);
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}
