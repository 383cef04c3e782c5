import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { usageError } from "../../util/errors.ts";
import { errorCode, ioError } from "../../util/node/files.ts";
import { studioApp } from "./app.ts";
import { Jobs } from "./jobs.ts";

const host = "127.0.0.1";
const firstPort = 4114;
/** Ports that are tried one after the other. */
const triedPorts = 100;

export interface StudioOptions {
  /** The folder of run folders; need not exist yet. */
  readonly runs: string;
  /** The command line's main file, which trains. */
  readonly program: string;
  /** Default: 4114, or the next free one. 0 is any. */
  readonly port?: number | undefined;
}

export interface Studio {
  /** Of the first page, with the token. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Ends the server; resolves to the number of training processes that go on. */
  close(): Promise<number>;
}

/**
 * Serves the studio on 127.0.0.1. Throws a usage error when a given port is in use or the pages are not
 * built.
 */
export async function serveStudio({ runs, program, port }: StudioOptions): Promise<Studio> {
  const token = randomBytes(24).toString("base64url");
  const jobs = new Jobs(program);
  const app = studioApp({ root: resolve(runs), token, jobs });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await listen(server, port);
  const { port: found } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${found}/#/runs?token=${token}`,
    ...{ port: found, token },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      jobs.close();
      return jobs.alive;
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  const last = port ?? firstPort + triedPorts - 1;
  for (let tried = port ?? firstPort; ; tried++) {
    try {
      server.listen(tried, host);
      await once(server, "listening");
      return;
    } catch (error) {
      const busy = errorCode(error) === "EADDRINUSE";
      if (busy && tried < last) continue;
      if (!busy) throw ioError(`listen on port ${tried}`, error);
      throw usageError(
        port === undefined
          ? `no port from ${firstPort} to ${last} is free; name another one with --port.`
          : `port ${port} is in use; name another one, or leave --port out for the next free one.`,
      );
    }
  }
}
