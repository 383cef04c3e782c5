import { unknownName } from "../util/errors.ts";
import { dirac } from "./dirac.ts";
import { failures } from "./failures/failures.ts";
import { grid } from "./grid.ts";
import { losses } from "./images/losses.ts";
import { smallData } from "./images/small-data.ts";
import { stackedMnist } from "./images/stacked-mnist.ts";
import { oracle } from "./oracle/oracle-table.ts";
import { ring } from "./ring.ts";
import type { PublishedTable } from "./table.ts";
import { text } from "./text/text-table.ts";

/** Every table; a new one is a file and a line here. */
export const tables: readonly PublishedTable[] = [
  dirac,
  ring,
  grid,
  stackedMnist,
  losses,
  smallData,
  failures,
  oracle,
  text,
];

/** Throws a usage error that names the known ones. */
export function tableByName(name: string): PublishedTable {
  const found = tables.find((t) => t.name === name);
  if (!found) {
    throw unknownName(
      "table",
      name,
      tables.map((t) => t.name),
    );
  }
  return found;
}
