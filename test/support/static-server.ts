import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the studio's built pages without the studio, and `more` folders beside them. */
export function servePages(more: Readonly<Record<string, string>> = {}): Promise<Site> {
  const root = join(import.meta.dirname, "../..");
  return serveFolders({
    "/": join(root, "dist", "studio", "web"),
    "/ort/": join(root, "node_modules", "onnxruntime-web", "dist"),
    ...more,
  });
}

/**
 * Serves folders by URL prefix on 127.0.0.1: cross-origin isolated as threads in pages need it, or as a plain
 * host does.
 */
export async function serveFolders(
  folders: Readonly<Record<string, string>>,
  { isolated = true } = {},
): Promise<Site> {
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const prefix = Object.keys(folders)
      .filter((p) => path.startsWith(p))
      .sort((a, b) => b.length - a.length)[0];
    if (prefix === undefined) {
      response.writeHead(404).end();
      return;
    }
    const name = normalize(path.slice(prefix.length)) || "index.html";
    const file = join(folders[prefix] as string, name === "." ? "index.html" : name);
    if (isolated) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
