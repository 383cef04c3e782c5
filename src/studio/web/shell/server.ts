import { serverMark } from "../../runs/api.ts";

/** Whether `gansmith studio` serves these pages; a static host has no runs to show. */
export const hasServer = document.querySelector(`meta[name="${serverMark}"]`) !== null;

const kept = "server-token";

/** Takes the token out of the address, so that nobody passes it on with a link, and keeps it. */
const [path = "", query = ""] = location.hash.split("?");
const values = new URLSearchParams(query);
const given = values.get("token");
if (given !== null) {
  localStorage.setItem(kept, given);
  values.delete("token");
  const rest = values.toString();
  history.replaceState(null, "", `${path}${rest && `?${rest}`}`);
}

/** What proves to the server that this page may start and stop runs; "" where there is none. */
export function serverToken(): string {
  return localStorage.getItem(kept) ?? "";
}
