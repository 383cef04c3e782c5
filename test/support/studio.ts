import { once } from "node:events";
import { request } from "node:http";
import { finish, start } from "./cli.ts";

/** A studio that the built program serves. */
export interface ServedStudio {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  /** The address that the command printed, with the token. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly pid: number;
  /** Ctrl-C; the program's exit code. */
  end(): Promise<number | null>;
}

/** Starts `gansmith studio` in `cwd` and waits until it has said its address. */
export async function serveStudio(
  cwd: string,
  args: readonly string[] = [],
): Promise<ServedStudio> {
  const child = start(cwd, ["studio", "--json", "--port", "0", ...args]);
  const done = finish(child);
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    done.then(({ stderr }) => Promise.reject(new Error(`the studio ended: ${stderr}`))),
  ])) as [Buffer];
  const { url, port } = JSON.parse(String(line).split("\n")[0] as string) as {
    url: string;
    port: number;
  };
  const token = url.split("token=")[1] as string;
  return {
    base: `http://127.0.0.1:${port}`,
    url,
    port,
    token,
    pid: child.pid as number,
    async end() {
      const runs = await (await fetch(`http://127.0.0.1:${port}/api/runs`)).json();
      // Runs that a failed test has left: they outlive the server.
      for (const { id, state } of runs as { id: string; state: string }[]) {
        if (state !== "running" && state !== "starting") continue;
        const headers = { "content-type": "application/json", "x-gansmith-token": token };
        const stop = `http://127.0.0.1:${port}/api/runs/${id}/stop`;
        await fetch(stop, { method: "POST", headers, body: "{}" });
      }
      child.kill("SIGINT");
      return (await done).code;
    },
  };
}

/** Sends what it is given, as it is: `fetch` would mend paths and headers. */
export function rawRequest(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  { method = "GET", body = "" } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export interface SentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Server-sent events as they come; `stop` ends the connection. */
export async function listen(url: string): Promise<{
  readonly heard: SentEvent[];
  readonly stop: () => void;
}> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  const heard: SentEvent[] = [];
  const read = async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split("\n\n");
      text = frames.pop() as string;
      for (const frame of frames) {
        const found = /^event: (\w+)\ndata: (.*)$/.exec(frame);
        if (found) heard.push({ event: found[1] as string, data: JSON.parse(found[2] as string) });
      }
    }
  };
  read().catch(() => {});
  return { heard, stop: () => abort.abort() };
}

/** Waits until `found` says so. Throws with `what` after `ms`. */
export async function until<T>(
  what: string,
  found: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 30_000,
): Promise<T> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not within ${ms} ms: ${what}`);
}
