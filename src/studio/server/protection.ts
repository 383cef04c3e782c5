import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { tokenHeader } from "../runs/api.ts";

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;
const maxBodyBytes = 64 * 1024;

/** Pages may run WebAssembly and workers of their own, and load nothing from elsewhere. */
const contentPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "connect-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Answers only pages of this server: a name that is not this machine's (DNS rebinding) and a page of
 * another origin are refused. Any port, since the server may be reached through a tunnel.
 */
export const ownPagesOnly: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  if (!loopback.test(host)) {
    return c.json(
      { error: `this server answers to 127.0.0.1 and localhost, not to "${host}".` },
      421,
    );
  }
  const origin = c.req.header("origin");
  if (origin !== undefined && origin !== `http://${host}`) {
    return c.json({ error: `pages of ${origin} may not use this server.` }, 403);
  }
  if (
    c.req.header("sec-fetch-site") === "cross-site" &&
    c.req.header("sec-fetch-mode") !== "navigate"
  ) {
    return c.json({ error: "pages of other sites may not use this server." }, 403);
  }
  return next();
};

/** Cross-origin isolated, as threads of WebAssembly need it. */
export const safeHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const headers = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": contentPolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  for (const [name, value] of Object.entries(headers)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};

/** GET reads; POST changes something, and needs the token that only who started the server knows. */
export function changesNeedToken(token: string): MiddlewareHandler {
  const expected = Buffer.from(token);
  return async (c, next) => {
    const { method } = c.req;
    if (method === "GET" || method === "HEAD") return next();
    if (method !== "POST") {
      return c.json({ error: `${method} is not answered here; GET reads, POST changes.` }, 405);
    }
    const given = Buffer.from(c.req.header(tokenHeader) ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      const error =
        "this needs the token of the server: open the address that `gansmith studio` printed.";
      return c.json({ error }, 403);
    }
    return next();
  };
}

export const smallBodies = bodyLimit({
  maxSize: maxBodyBytes,
  onError: (c) => c.json({ error: `a request may have at most ${maxBodyBytes} bytes.` }, 413),
});
