import * as Comlink from "comlink";

/** A worker as its page calls it. */
export interface Connection<Server> {
  readonly server: Comlink.Remote<Server>;
  close(): void;
}

/** Speaks with a worker; `onProblem` hears where it cannot be started. */
export function connect<Server>(
  worker: Worker,
  onProblem: (message: string) => void = () => {},
): Connection<Server> {
  worker.onerror = (event) =>
    onProblem(event.message || "a worker of this page could not be started.");
  return { server: Comlink.wrap<Server>(worker), close: () => worker.terminate() };
}
