/// <reference path="./gifenc.d.ts" />
import { applyPalette, GIFEncoder, type Palette, quantize } from "gifenc";

/** Colours of a GIF's frame. */
const paletteSize = 256;

/** Pictures as RGBA bytes, all of one size. */
export interface Pictures {
  /** Height and width in pixels. */
  readonly size: number;
  readonly rgba: readonly Uint8ClampedArray[];
}

/** Images [n,C,H,W] in [-1, 1] as pictures; values beyond are clamped, grey becomes RGB. */
export function picturesOf(images: Float32Array, channels: 1 | 3, size: number): Pictures {
  const area = size * size;
  const each = channels * area;
  const rgba = Array.from({ length: images.length / each }, (_, n) => {
    const bytes = new Uint8ClampedArray(4 * area).fill(255);
    for (let c = 0; c < 3; c++) {
      const from = n * each + (channels === 3 ? c * area : 0);
      // The array rounds and clamps.
      for (let k = 0; k < area; k++) bytes[4 * k + c] = ((images[from + k] as number) + 1) * 127.5;
    }
    return bytes;
  });
  return { size, rgba };
}

/** Images [n,C,H,W] of bytes as pictures. */
export function picturesOfBytes(planes: Uint8Array, channels: 1 | 3, size: number): Pictures {
  return picturesOf(
    Float32Array.from(planes, (byte) => byte / 127.5 - 1),
    channels,
    size,
  );
}

/** The bytes [C,H,W] of a picture; of one channel the red, which all are in grey. */
export function planesOf(rgba: Uint8ClampedArray, channels: 1 | 3): Uint8Array {
  const area = rgba.length / 4;
  return Uint8Array.from({ length: channels * area }, (_, i) => {
    return rgba[4 * (i % area) + Math.floor(i / area)] as number;
  });
}

/** Every pixel as a square of `scale` pixels. */
export function enlarged(bytes: Uint8ClampedArray, size: number, scale: number): Uint8ClampedArray {
  const side = size * scale;
  const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, size * size);
  const out = new Uint32Array(side * side);
  for (let y = 0; y < side; y++) {
    const row = size * Math.floor(y / scale);
    for (let x = 0; x < side; x++) {
      out[y * side + x] = pixels[row + Math.floor(x / scale)] as number;
    }
  }
  return new Uint8ClampedArray(out.buffer);
}

/** A film as an animated GIF that begins again; `delay` in ms from one frame to the next. */
export function gifOf({ size, rgba }: Pictures, delay: number): Uint8Array {
  const gif = GIFEncoder();
  for (const bytes of rgba) {
    const { index, palette } = ownColours(bytes) ?? bestColours(bytes);
    gif.writeFrame(index, size, size, { palette, delay });
  }
  gif.finish();
  return gif.bytes();
}

interface Indexed {
  readonly index: Uint8Array;
  readonly palette: Palette;
}

/** A picture in its own colours, exactly; undefined where a palette has no room for them. Grey always fits. */
function ownColours(rgba: Uint8ClampedArray): Indexed | undefined {
  const places = new Map<number, number>();
  const index = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < index.length; i++) {
    const [r, g, b] = rgba.subarray(4 * i, 4 * i + 3) as unknown as [number, number, number];
    const colour = (r << 16) | (g << 8) | b;
    const place = places.get(colour) ?? places.size;
    if (place === paletteSize) return undefined;
    places.set(colour, place);
    index[i] = place;
  }
  const palette = [...places.keys()].map((c) => [c >> 16, (c >> 8) & 255, c & 255]);
  return { index, palette };
}

function bestColours(rgba: Uint8ClampedArray): Indexed {
  const palette = quantize(rgba, paletteSize);
  return { index: applyPalette(rgba, palette), palette };
}
