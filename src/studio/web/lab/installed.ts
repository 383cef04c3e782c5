import { hasServer } from "../shell/server.ts";

/** A data set that the server offers. */
export interface Installed {
  readonly name: string;
  readonly summary: string;
}

/** The address of installed data sets; "" where no server is behind the page. */
export const dataAddress = hasServer ? new URL("data/", document.baseURI).href : "";

/** The data sets that the server offers, MNIST first. */
export async function installedSets(): Promise<readonly Installed[]> {
  if (!dataAddress) return [];
  const response = await fetch(dataAddress.slice(0, -1));
  return response.ok ? ((await response.json()) as Installed[]) : [];
}
