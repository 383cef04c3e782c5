import { type DType, formatShape, type Shape } from "../graph/value.ts";
import { GansmithError, usageError } from "../util/errors.ts";
import { type DeviceTensor, isDeviceTensor, type Tensor } from "./session.ts";

/** What a session says of one of its inputs or outputs. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

const arrays = { f32: Float32Array, i32: Int32Array, bool: Uint8Array } as const;

export function emptyData(dtype: DType, length: number): Tensor["data"] {
  return new arrays[dtype](length);
}

/**
 * Checks that every input is fed with an array that fits, and returns the values of the symbolic
 * sizes. Throws a usage error that names the session, the input, and what was expected.
 */
export function checkFeeds(
  session: string,
  inputs: readonly Port[],
  feeds: ReadonlyMap<string, Tensor | DeviceTensor>,
): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const port of inputs) {
    const fed = feeds.get(port.name);
    if (!fed) {
      const names = inputs.map((i) => i.name).join(", ");
      throw usageError(
        `session "${session}": input "${port.name}" was not fed. It needs: ${names}.`,
      );
    }
    checkTensor(session, `input "${port.name}"`, port, fed, sizes);
  }
  return sizes;
}

/** Checks the buffers that outputs shall be written to. `sizes` are those that the feeds gave. */
export function checkInto(
  session: string,
  outputs: readonly Port[],
  into: ReadonlyMap<string, Tensor>,
  sizes: Map<string, number>,
): void {
  for (const [name, tensor] of into) {
    const port = outputs.find((o) => o.name === name);
    if (!port) {
      const names = outputs.map((o) => o.name).join(", ");
      throw usageError(`session "${session}": it has no output "${name}". It gives: ${names}.`);
    }
    checkTensor(session, `buffer for output "${name}"`, port, tensor, sizes);
  }
}

function checkTensor(
  session: string,
  what: string,
  port: Port,
  tensor: Tensor | DeviceTensor,
  sizes: Map<string, number>,
): void {
  const expected = `${port.dtype}${formatShape(port.shape)}`;
  const fail = (received: string): never => {
    throw usageError(`session "${session}": ${what} must be ${expected}, received ${received}.`);
  };
  const { dims, dtype } = tensor;
  const fits =
    dtype === port.dtype &&
    dims.length === port.shape.length &&
    port.shape.every((d, i) => {
      const size = dims[i] as number;
      if (typeof d === "number") return d === size;
      const known = sizes.get(d);
      if (known === undefined) sizes.set(d, size);
      return known === undefined || known === size;
    });
  if (!fits) {
    const bound = [...sizes].map(([name, size]) => `${name}=${size}`).join(", ");
    fail(`${dtype}[${dims.join(",")}]${bound ? ` (with ${bound})` : ""}`);
  }
  if (isDeviceTensor(tensor)) return;
  const { data } = tensor;
  if (!(data instanceof arrays[dtype])) {
    fail(`a ${(data as object | undefined)?.constructor.name ?? typeof data}`);
  }
  const count = dims.reduce((n, d) => n * d, 1);
  if (data.length !== count) {
    const detached = data.buffer.byteLength === 0 && count > 0;
    fail(
      detached
        ? "an array whose memory was detached (WebAssembly.Memory.grow does that)"
        : `${data.length} elements where the dims hold ${count}`,
    );
  }
}

export function releasedError(session: string): GansmithError {
  return new GansmithError("runtime", `session "${session}" was released and cannot run again.`);
}
