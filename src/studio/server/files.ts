import { createReadStream, statSync } from "node:fs";
import { extname } from "node:path";
import { Readable } from "node:stream";
import type { Context } from "hono";

/** Of files that pages are made of, and of those in run folders; others are bytes. */
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".jsonl": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
};

/** Answers with a file, in pieces; with 304 where the reader has it already. */
export function sendFile(c: Context, path: string, headers: Readonly<Record<string, string>> = {}) {
  const { size, mtimeMs } = statSync(path);
  const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  const all = { etag, "cache-control": "no-cache", ...headers };
  if (c.req.header("if-none-match") === etag) return c.body(null, 304, all);
  const type = types[extname(path)] ?? "application/octet-stream";
  const known = { ...all, "content-type": type, "content-length": String(size) };
  if (c.req.method === "HEAD" || size === 0) return c.body(null, 200, known);
  // Not beyond the size that was told: the file may be growing.
  const stream = Readable.toWeb(createReadStream(path, { end: size - 1 }));
  return c.body(stream as ReadableStream, 200, known);
}
