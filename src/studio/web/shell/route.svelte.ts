/** Where the reader is: `#/play?data=ring-8` is page `play` with query `data=ring-8`. */
export interface Route {
  readonly page: string;
  readonly query: string;
}

let route = $state<Route>(read());
addEventListener("hashchange", () => {
  route = read();
});

export function currentRoute(): Route {
  return route;
}

/** Changes the query of the address without a step in the history. */
export function replaceQuery(query: string): void {
  const { page } = read();
  history.replaceState(null, "", `#/${page}${query && `?${query}`}`);
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { page: path || "play", query };
}
