import { configSchema } from "../recipes/index.ts";

/** What `--backend` takes, from the schema: asking the runtime itself would load it. */
export const backendFlagNames: readonly string[] = configSchema.shape.backend.options;
