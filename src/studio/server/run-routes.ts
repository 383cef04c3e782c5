import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { recipes, textRecipes } from "../../recipes/index.ts";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import { hostInfo } from "../../train/session/machine.ts";
import type { JsonObject } from "../../util/json.ts";
import type { RecipeInfo, RunDetail, RunFile, StudioInfo } from "../runs/api.ts";
import { sendFile } from "./files.ts";
import type { Jobs } from "./jobs.ts";
import { fileInside, type RunList } from "./run-list.ts";
import type { FeedListener } from "./run-log.ts";

/** A tab that does not read is let go with this much unread; it may come back. */
const unreadBytes = 16 << 20;
/** So that a connection that nobody holds any more is noticed. */
const beatMs = 15_000;

/** What there is to read of runs. */
export function runRoutes(root: string, runs: RunList, jobs: Jobs): Hono {
  const app = new Hono();
  app.get("/studio", (c) => {
    const { gansmith, ...machine } = hostInfo();
    return c.json({ gansmith: String(gansmith), machine, runs: root } satisfies StudioInfo);
  });
  app.get("/recipes", (c) => c.json(allRecipes()));
  app.get("/runs", async (c) => c.json(await runs.all()));
  app.get("/runs/:id", async (c) => {
    const id = c.req.param("id");
    const run = await runs.summaryOf(id);
    if (!run) return c.json({ error: `there is no run "${id}".` }, 404);
    const path = runs.pathOf(id);
    const whole = path !== undefined && run.state !== "broken" && RunFolder.is(path);
    const job = jobs.infoOf(id);
    const detail: RunDetail = {
      run,
      ...(whole && { config: RunFolder.open(path).config }),
      files: path === undefined ? [] : filesOf(path),
      ...(job && { job }),
    };
    return c.json(detail);
  });
  app.get("/runs/:id/events", async (c) => {
    const id = c.req.param("id");
    const log = runs.logOf(id);
    if (!log) return c.json({ error: `there is no run "${id}".` }, 404);
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    return c.body(await feed((listener) => log.subscribe(listener)), 200, headers);
  });
  app.get("/runs/:id/files/*", (c) => {
    const id = c.req.param("id");
    const folder = runs.pathOf(id);
    const name = pathAfter(c.req.path, "/files/");
    const file = folder !== undefined && name !== undefined && fileInside(folder, name);
    if (!file) return c.json({ error: `run "${id}" has no such file.` }, 404);
    const shown = /\.(png|txt)$/.test(file);
    return sendFile(c, file, {
      ...(!shown && { "content-disposition": `attachment; filename="${fileName(id, file)}"` }),
      "content-security-policy": "sandbox",
    });
  });
  return app;
}

function allRecipes(): RecipeInfo[] {
  const info = (kind: string, all: readonly { name: string; summary: string; config: object }[]) =>
    all.map(({ name, summary, config }) => ({
      ...{ name, kind, summary },
      config: config as JsonObject,
    }));
  return [...info("images", recipes), ...info("text", textRecipes)];
}

/** A stream of server-sent events that ends its subscription when nobody reads it any more. */
async function feed(
  subscribe: (listener: FeedListener) => Promise<() => void>,
): Promise<ReadableStream<Uint8Array>> {
  const waiting: Uint8Array[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let beat: NodeJS.Timeout | undefined;
  const end = await subscribe((frame) => {
    if (!controller) waiting.push(frame);
    else if ((controller.desiredSize ?? 0) > 0) controller.enqueue(frame);
    else {
      stop();
      controller.close();
    }
  });
  const stop = () => {
    end();
    clearInterval(beat);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(its) {
        controller = its;
        for (const frame of waiting.splice(0)) its.enqueue(frame);
        beat = setInterval(() => its.enqueue(new TextEncoder().encode(": here\n\n")), beatMs);
      },
      cancel: stop,
    },
    { highWaterMark: unreadBytes, size: (frame) => frame.byteLength },
  );
}

/** What follows in an address, decoded; `undefined` where it cannot be. */
function pathAfter(path: string, part: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(path.indexOf(part) + part.length));
  } catch {
    return undefined;
  }
}

function fileName(id: string, file: string): string {
  return `${id}-${file.split(/[/\\]/).at(-1)}`.replace(/[^\w.-]/g, "_");
}

/** What a run folder offers: its own files and one level of folders. */
function filesOf(folder: string): RunFile[] {
  const found: RunFile[] = [];
  const look = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory() && below === "") look(entry.name);
      // A file of a run at work may be gone by now.
      const stat = entry.isFile() && statSync(join(folder, path), { throwIfNoEntry: false });
      if (stat) found.push({ path, bytes: stat.size });
    }
  };
  look("");
  return found.sort((a, b) => a.path.localeCompare(b.path, "en"));
}
