import { t } from "../i18n/index.svelte.ts";
import { fileAddress, runDetail } from "../runs/api.ts";

/** The file `generator.onnx` of a run, and what stands beside it. */
export interface RunGenerator {
  readonly bytes: Uint8Array;
  /** The text of another file of the run, if there is one. */
  text(path: string): Promise<string | undefined>;
}

/** The generator of a run. Throws where the run is unknown, or has none yet. */
export async function runGenerator(id: string): Promise<RunGenerator> {
  const there = new Set((await runDetail(id)).files.map(({ path }) => path));
  const read = async (path: string) => {
    const response = await fetch(fileAddress(id, path));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  };
  const name = "generator.onnx";
  if (!there.has(name)) throw new Error(t("explore.noGenerator", { id }));
  return {
    bytes: new Uint8Array(await (await read(name)).arrayBuffer()),
    text: async (path) => (there.has(path) ? (await read(path)).text() : undefined),
  };
}
