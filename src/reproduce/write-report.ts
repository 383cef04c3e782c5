import { join } from "node:path";
import { usageError } from "../util/errors.ts";
import { errorCode, ioError, makeFolder, writeFileAtomic } from "../util/node/files.ts";
import { pngOf } from "../util/node/picture.ts";
import type { PublishedTable, TableResult } from "./table.ts";

/** Makes the folder for reports. Throws where that cannot be done. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      throw usageError(
        `${folder} is a file, expected a folder for the report; choose another --out.`,
      );
    }
    throw ioError(`create the folder ${folder}`, error);
  }
}

/** Writes `<table>.json`, `.csv` and `.png`, and its documents, into a folder; answers with their paths. */
export async function writeReport(
  table: PublishedTable,
  result: TableResult,
  folder: string,
): Promise<string[]> {
  const { picture, showsImages, documents = {}, ...figures } = result;
  const { name, source } = table;
  const png = await pngOf(picture, showsImages);
  prepareFolder(folder);
  const files: readonly (readonly [string, string | Uint8Array])[] = [
    [".json", `${JSON.stringify({ table: name, source, ...figures }, null, 2)}\n`],
    [".csv", csv(table, result)],
    [".png", png],
    ...Object.entries(documents).map(([ending, text]) => [`-${ending}`, text] as const),
  ];
  return files.map(([ending, content]) => {
    const path = join(folder, `${name}${ending}`);
    writeFileAtomic(path, content);
    return path;
  });
}

/** One line for each data set, method and seed. */
function csv({ columns }: PublishedTable, { rows }: TableResult): string {
  const keys = columns.map((c) => c.key);
  const several = rows.some(({ data }) => data !== undefined);
  const head = [
    ...(several ? ["data"] : []),
    "method",
    "seed",
    ...keys,
    ...keys.map((key) => `published_${key}`),
  ];
  const lines = rows.flatMap(({ data, method, bySeed, theirs }) =>
    bySeed.map((figures, i) => {
      const published = keys.map((key) => theirs[key] ?? "");
      const own = keys.map((key) => figures[key] ?? "");
      return [...(several ? [data] : []), JSON.stringify(method), i + 1, ...own, ...published];
    }),
  );
  return [head, ...lines].map((line) => `${line.join(",")}\n`).join("");
}
