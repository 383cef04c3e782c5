import { type Context, Hono } from "hono";
import { z } from "zod";
import { recipes, textRecipes } from "../../recipes/index.ts";
import { RunFolder } from "../../train/run-folder/run-folder.ts";
import { lockHolder } from "../../train/run-folder/run-lock.ts";
import { unknownName, usageError } from "../../util/errors.ts";
import type { Accepted } from "../runs/api.ts";
import type { Jobs } from "./jobs.ts";
import type { RunList } from "./run-list.ts";

/** What does not fit is usually said by then; what comes later is seen on the run's page. */
const waitMs = 8000;

const settings = z
  .array(
    z
      .string()
      .max(4000)
      .regex(/^[^=]+=/, "key=value"),
  )
  .max(200)
  .default([]);
const startSchema = z.strictObject({
  recipe: z.string(),
  settings,
  data: z.string().min(1).max(4000).optional(),
});
const resumeSchema = z.strictObject({
  length: z
    .strictObject({
      steps: z.int().min(1).optional(),
      kimg: z.number().positive().optional(),
      minutes: z.number().positive().optional(),
    })
    .default({}),
  guard: z.boolean().default(false),
});
const forkSchema = z.strictObject({ settings, weights: z.boolean().default(false) });
const nothing = z.strictObject({});

/** What starts and stops runs, each by the command line in a process of its own. */
export function changeRoutes(root: string, runs: RunList, jobs: Jobs): Hono {
  const app = new Hono();
  const accepted = (c: Context, id: string) => c.json({ id } satisfies Accepted, 202);

  /** Starts a run of its own in the next folder; resolves once it is under way. */
  const begin = async (recipe: string, args: readonly string[]) => {
    const folder = RunFolder.reserve(root, recipe);
    const id = folder.split(/[/\\]/).at(-1) as string;
    jobs.start(id, folder, [...args, `--out=${folder}`]);
    await jobs.underWay(id, waitMs);
    return id;
  };
  const folderOf = (id: string) => {
    const folder = runs.pathOf(id);
    if (folder === undefined) throw usageError(`there is no run "${id}".`);
    return folder;
  };

  app.post("/runs", async (c) => {
    const { recipe, settings, data } = await bodyOf(c, startSchema);
    const known = [...recipes, ...textRecipes].map((r) => r.name);
    if (!known.includes(recipe)) throw unknownName("recipe", recipe, known);
    const more = data === undefined ? [] : [`--data=${data}`];
    return accepted(c, await begin(recipe, ["train", recipe, ...more, ...setFlags(settings)]));
  });
  app.post("/runs/:id/stop", async (c) => {
    const id = c.req.param("id");
    await bodyOf(c, nothing);
    if (!jobs.stop(id, runs.pathOf(id))) throw usageError(`nobody trains run "${id}" now.`);
    return accepted(c, id);
  });
  app.post("/runs/:id/resume", async (c) => {
    const id = c.req.param("id");
    const { length, guard } = await bodyOf(c, resumeSchema);
    const folder = folderOf(id);
    if (lockHolder(folder)) throw usageError(`run "${id}" is being trained already.`);
    if (!(await jobs.over(id, waitMs))) {
      throw usageError(
        `run "${id}" is still being judged and exported: wait until that is done, or stop it.`,
      );
    }
    const until = Object.entries(length).map(([unit, n]) => `--${unit}=${n}`);
    jobs.start(id, folder, ["resume", folder, ...until, ...(guard ? ["--guard"] : [])]);
    await jobs.underWay(id, waitMs);
    return accepted(c, id);
  });
  app.post("/runs/:id/fork", async (c) => {
    const { settings, weights } = await bodyOf(c, forkSchema);
    const folder = folderOf(c.req.param("id"));
    const { name } = RunFolder.open(folder);
    const from = weights ? [`--from=${folder}`] : [];
    return accepted(c, await begin(name, ["train", folder, ...from, ...setFlags(settings)]));
  });
  return app;
}

function setFlags(settings: readonly string[]): string[] {
  return settings.map((setting) => `--set=${setting}`);
}

/** The body of a request, checked. Throws a usage error. */
async function bodyOf<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  if (!/^application\/json\b/.test(c.req.header("content-type") ?? "")) {
    throw usageError("a request that changes something needs the content type application/json.");
  }
  let body: unknown;
  try {
    body = JSON.parse((await c.req.text()) || "{}");
  } catch {
    throw usageError("the request's body is not valid JSON.");
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map((i) => `${i.path.join(".") || "body"}: ${i.message}`);
  throw usageError(`the request does not fit: ${said.join("; ")}.`);
}
