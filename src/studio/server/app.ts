import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { GansmithError } from "../../util/errors.ts";
import { changeRoutes } from "./change-routes.ts";
import { dataRoutes } from "./data-routes.ts";
import type { Jobs } from "./jobs.ts";
import { pageRoutes } from "./page-routes.ts";
import { changesNeedToken, ownPagesOnly, safeHeaders, smallBodies } from "./protection.ts";
import { RunList } from "./run-list.ts";
import { runRoutes } from "./run-routes.ts";

export interface StudioParts {
  /** The folder of run folders. */
  readonly root: string;
  /** Whoever sends it may start and stop runs. */
  readonly token: string;
  readonly jobs: Jobs;
}

/** All that the studio's server answers. Throws a usage error when the pages are not built. */
export function studioApp({ root, token, jobs }: StudioParts): Hono {
  const runs = new RunList(root, jobs);
  const app = new Hono();
  app.use(safeHeaders, ownPagesOnly, changesNeedToken(token), smallBodies);
  app.use("/api/*", async (c, next) => {
    await next();
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
  });
  app.route("/api", runRoutes(root, runs, jobs));
  app.route("/api", changeRoutes(root, runs, jobs));
  app.all("/api/*", (c) => c.json({ error: `there is no ${c.req.path}.` }, 404));
  app.route("/", dataRoutes());
  app.route("/", pageRoutes());
  app.notFound((c) => c.text("There is nothing here.\n", 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof GansmithError) {
      return c.json({ error: error.message }, error.kind === "usage" ? 400 : 500);
    }
    const message = error instanceof Error ? error.message : String(error);
    return c.json({ error: `the server failed: ${message}` }, 500);
  });
  return app;
}
