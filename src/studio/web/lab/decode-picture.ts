import type { DecodePicture } from "../../lab/lab-data.ts";

/** Decodes with the browser: the centre square, drawn on white. A picture of just the size stays as it is. */
export const decodePicture: DecodePicture = async (bytes, size) => {
  const bitmap = await createImageBitmap(new Blob([bytes as BlobPart]), {
    colorSpaceConversion: "none",
  });
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser gives no canvas to decode with");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, size, size);
  const { width, height } = bitmap;
  const side = Math.min(width, height);
  const from = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)] as const;
  // Pixel art stays sharp.
  context.imageSmoothingEnabled = side * 2 > size;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, ...from, side, side, 0, 0, size, size);
  bitmap.close();
  const { data } = context.getImageData(0, 0, size, size);
  const area = size * size;
  return Uint8Array.from({ length: 3 * area }, (_, i) => {
    return data[(i % area) * 4 + Math.floor(i / area)] as number;
  });
};
