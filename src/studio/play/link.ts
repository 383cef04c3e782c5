import { usageError } from "../../util/errors.ts";
import { checkPlay, defaultPlay, type PlaySettings } from "./settings.ts";

/** How finely a drawing's points are kept in a link. */
const step = 1 / 100;

/**
 * Settings as the query of a link: `data=two-moons&generator.width=32`, only what differs from the
 * default. Reading it back gives the same settings; the points of a drawing are kept to 0.01.
 */
export function linkOf(settings: PlaySettings): string {
  const query = new URLSearchParams();
  const plain = flat(defaultPlay);
  for (const [key, value] of flat({ ...settings, data: settings.data.name })) {
    if (plain.get(key) !== value) query.set(key, value);
  }
  query.delete("data.name");
  if (settings.data.name !== defaultPlay.data.name) query.set("data", settings.data.name);
  else query.delete("data");
  const { points } = settings.data as { readonly points?: readonly number[] };
  if (points) query.set("points", points.map((x) => Math.round(x / step)).join("."));
  return query.toString();
}

/** The settings of a link's query. Throws a usage error for what it does not know. */
export function settingsOf(query: string): PlaySettings {
  const settings = structuredClone(defaultPlay) as unknown as Record<string, unknown>;
  const given = new URLSearchParams(query);
  const name = given.get("data") ?? defaultPlay.data.name;
  const points = given.get("points");
  settings.data = points
    ? { name, points: points.split(".").map((x) => Number(x) * step) }
    : { name };
  for (const [key, text] of given) {
    if (key !== "data" && key !== "points") setAt(settings, key.split("."), text);
  }
  return checkPlay(settings);
}

function flat(value: object, before = ""): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, v]) => {
      const path = before + key;
      return typeof v === "object" && v !== null
        ? [...flat(v, `${path}.`)]
        : [[path, String(v)] as const];
    }),
  );
}

function setAt(target: Record<string, unknown>, [key, ...rest]: string[], text: string): void {
  if (key === undefined || !Object.hasOwn(target, key)) {
    throw usageError(`this link sets "${key}", which is no setting of a game.`);
  }
  const inner = target[key];
  if (rest.length > 0 && typeof inner === "object" && inner !== null) {
    setAt(inner as Record<string, unknown>, rest, text);
  } else {
    const number = Number(text);
    target[key] = text !== "" && Number.isFinite(number) ? number : text;
  }
}
