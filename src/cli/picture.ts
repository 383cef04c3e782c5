import { terminalColours, terminalGrid } from "../data/image-grid.ts";

const rows = 4;
/** Characters that one sample should have at least, so that a digit can be recognised. */
const sampleWidth = 20;

interface Samples {
  readonly samples: Float32Array;
  readonly channels: 1 | 3;
  readonly size: number;
}

/** As many samples as fit, large enough to be seen, for `stream`. */
export function terminalPicture(
  { samples, channels, size }: Samples,
  stream: { readonly isTTY?: boolean; readonly columns?: number },
): string {
  const width = Math.min(stream.columns ?? 80, 120) - 1;
  const columns = Math.max(1, Math.min(8, Math.floor(width / Math.min(size, sampleWidth))));
  const each = channels * size * size;
  return terminalGrid(samples.subarray(0, columns * rows * each), {
    channels,
    size,
    columns,
    width,
    colours: terminalColours(process.env, stream.isTTY === true),
  });
}
