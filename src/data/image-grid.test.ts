import sharp from "sharp";
import { expect, test } from "vitest";
import { encodePng, terminalColours, terminalGrid } from "./image-grid.ts";

/** Three pictures of one value each. */
function flat(values: readonly number[], channels: 1 | 3, size: number): Float32Array {
  return Float32Array.from(values.flatMap((v) => Array(channels * size * size).fill(v)));
}

test("a PNG holds the pictures row by row, enlarged by whole pixels", async () => {
  const png = await encodePng(flat([-1, 0.25, 1], 1, 2), {
    channels: 1,
    size: 2,
    columns: 2,
    scale: 3,
  });
  const { width, height, channels } = await sharp(png).metadata();
  expect([width, height, channels]).toEqual([12, 12, 1]);
  const data = await sharp(png).toColourspace("b-w").raw().toBuffer();
  expect([data[0], data[6], data[6 * 12], data[6 * 12 + 6]]).toEqual([0, 159, 255, 0]);
  const colour = Float32Array.of(1, -1, 0);
  const rgb = await sharp(await encodePng(colour, { channels: 3, size: 1 }))
    .raw()
    .toBuffer();
  expect([...rgb]).toEqual([255, 0, 128]);
});

test("the terminal shows two pixels a character, in the colours that it has", () => {
  const shape = { channels: 1, size: 2, columns: 2 } as const;
  const samples = flat([-1, 1], 1, 2);
  expect(terminalGrid(samples, shape)).toBe(
    "\x1b[38;2;0;0;0;48;2;0;0;0m▀▀\x1b[38;2;255;255;255;48;2;255;255;255m▀▀\x1b[0m\n",
  );
  expect(terminalGrid(samples, { ...shape, colours: "256" })).toBe(
    "\x1b[38;5;16;48;5;16m▀▀\x1b[38;5;231;48;5;231m▀▀\x1b[0m\n",
  );
  expect(terminalGrid(samples, { ...shape, colours: "grey" })).toBe("  @@\n");
  const wide = terminalGrid(flat([0, 0, 0, 0], 3, 32), {
    channels: 3,
    size: 32,
    columns: 4,
    width: 40,
    colours: "grey",
  });
  expect(wide.split("\n").map((l) => l.length)).toEqual([40, 40, 40, 40, 40, 0]);
});

test("colours go by the environment", () => {
  expect(terminalColours({ COLORTERM: "truecolor" }, true)).toBe("truecolor");
  expect(terminalColours({ TERM: "xterm-256color" }, true)).toBe("256");
  expect(terminalColours({ COLORTERM: "truecolor", NO_COLOR: "1" }, true)).toBe("grey");
  expect(terminalColours({ COLORTERM: "truecolor" }, false)).toBe("grey");
});

test("refuses samples that do not fit the shape", async () => {
  await expect(encodePng(new Float32Array(5), { channels: 1, size: 2 })).rejects.toThrow(
    "samples must hold one picture or more of 1 x 2 x 2, received 5 numbers",
  );
  await expect(encodePng(new Float32Array(4), { channels: 1, size: 2, scale: 0 })).rejects.toThrow(
    "scale",
  );
  expect(() => terminalGrid(new Float32Array(4), { channels: 1, size: 2, columns: 0 })).toThrow(
    "columns",
  );
});
