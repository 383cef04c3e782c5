import { fileURLToPath } from "node:url";

/** The folder that holds this package's package.json: two above `cli`, in sources and when built. */
export const packageRoot: string = fileURLToPath(new URL("../..", import.meta.url));
