import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";
import { usageError } from "../../util/errors.ts";
import { serverMark } from "../runs/api.ts";
import { sendFile } from "./files.ts";
import { fileInside } from "./run-list.ts";

/** The built pages, from sources and when built. */
const built = fileURLToPath(new URL("../../../dist/studio/web/", import.meta.url));
/** Hashes are in their names. */
const forever = { "cache-control": "public, max-age=31536000, immutable" };

/** The studio's pages, and ONNX Runtime's WebAssembly beside them. Throws where nothing was built. */
export function pageRoutes(): Hono {
  const index = join(built, "index.html");
  if (!existsSync(index)) {
    throw usageError(
      `the studio's pages are not there (${index}): build them with \`npm run build\`, or install gansmith again.`,
    );
  }
  const page = readFileSync(index, "utf8").replace(
    "<head>",
    `<head>\n    <meta name="${serverMark}" content="1" />`,
  );
  const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const runtimeFiles = new Set(readdirSync(runtime).filter((name) => /\.(wasm|mjs)$/.test(name)));
  const app = new Hono();
  app.get("/", (c) => c.html(page, 200, { "cache-control": "no-cache" }));
  app.get("/index.html", (c) => c.redirect("./"));
  app.get("/ort/:name", (c) => {
    const name = c.req.param("name");
    return runtimeFiles.has(name) ? sendFile(c, join(runtime, name)) : c.notFound();
  });
  app.get("/*", (c) => {
    const path = c.req.path.slice(1);
    const file = fileInside(built, path);
    return file ? sendFile(c, file, path.startsWith("assets/") ? forever : {}) : c.notFound();
  });
  return app;
}
