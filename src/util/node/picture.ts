import sharp from "sharp";

/** A picture as PNG, twice the size: readable on a dense screen. Flat colours unless `photographic`. */
export function pngOf(svg: string, photographic = false): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 144 })
    .png(photographic ? {} : { palette: true, colours: 64 })
    .toBuffer();
}
