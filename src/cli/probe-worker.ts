import * as ops from "../graph/ops/index.ts";
import { leaf } from "../graph/ops/leaf.ts";
import { chooseBackend } from "../runtime/index.ts";
import { GansmithError } from "../util/errors.ts";

// A process of its own: a provider that crashes or chatters on stderr must not spoil `doctor`.
process.stdout.write(JSON.stringify({ failure: await probe(process.argv[2] ?? "cpu") }));

/** Runs one addition: what is listed as supported need not work. Returns why it failed. */
async function probe(name: string): Promise<string | undefined> {
  try {
    const backend = chooseBackend(name);
    const x = leaf("x", [2], { kind: "data" });
    const outputs = new Map([["y", ops.add(x, x)]]);
    const session = await backend.compile({ name: "probe", inputs: new Map([["x", x]]), outputs });
    try {
      const data = Float32Array.of(1, 2);
      const y = (await session.run(new Map([["x", { dtype: "f32", dims: [2], data }]]))).get("y");
      if (!y || !("data" in y) || y.data[0] !== 2 || y.data[1] !== 4) {
        throw new GansmithError("runtime", "1 + 1 was not 2.");
      }
    } finally {
      await session.release();
      await backend.release?.();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^session "probe" on \w+: /, "") : "";
  }
}
