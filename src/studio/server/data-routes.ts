import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { Hono } from "hono";
import { dataSources, openData } from "../../data/index.ts";
import { usageError } from "../../util/errors.ts";
import { encodeImagesHeader, type ImagesHeader, imagesBytes } from "../lab/images-message.ts";

/** A data set of an installed package, as pages list it. */
export interface InstalledData {
  readonly name: string;
  readonly summary: string;
}

/** Only data sets that come with packages: never a path that a page names. */
const offered = dataSources.filter(({ paths = [] }) => paths.length === 0);

/**
 * `GET /data`: the data sets there are. `GET /data/mnist?size=28&channels=1&limit=1000`: its training
 * images, decoded as training decodes them (`images-message.ts`).
 */
export function dataRoutes(): Hono {
  const app = new Hono();
  app.get("/data", (c) => {
    return c.json(offered.map(({ name, summary }): InstalledData => ({ name, summary })));
  });
  app.get("/data/:name", async (c) => {
    const name = c.req.param("name");
    if (!offered.some((source) => source.name === name)) {
      const known = offered.map((source) => source.name).join(", ");
      throw usageError(`there is no installed data set "${name}"; there are: ${known}.`);
    }
    const limit = numberOf(c.req.query("limit"));
    const data = await openData(
      { name, ...(limit !== undefined && { limit }) },
      {
        size: numberOf(c.req.query("size")),
        channels: numberOf(c.req.query("channels")) as 1 | 3 | undefined,
        split: "train",
      },
    );
    const { count, channels, size, classes, cachePath } = data;
    data.close();
    const header: ImagesHeader = { name, count, channels, size, classes: [...classes] };
    const head = encodeImagesHeader(header);
    const length = imagesBytes(header);
    return c.body(
      Readable.toWeb(Readable.from(body(head, cachePath, length))) as ReadableStream,
      200,
      {
        "content-type": "application/octet-stream",
        "content-length": String(head.length + length),
        "cache-control": "no-store",
      },
    );
  });
  return app;
}

/** A cache file begins with pixels and labels. */
async function* body(head: Uint8Array, path: string, length: number): AsyncGenerator<Uint8Array> {
  yield head;
  yield* createReadStream(path, { end: length - 1 });
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
