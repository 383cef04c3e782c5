/** Pictures side by side as PNG, about as many columns as rows; small ones twice as large. */
export async function pngOf(rgba: readonly Uint8ClampedArray[], size: number): Promise<Blob> {
  const columns = Math.ceil(Math.sqrt(rgba.length));
  const rows = Math.ceil(rgba.length / columns);
  const scale = size < 48 ? 2 : 1;
  const plain = new OffscreenCanvas(columns * size, rows * size);
  const context = plain.getContext("2d") as OffscreenCanvasRenderingContext2D;
  for (const [i, bytes] of rgba.entries()) {
    const image = new ImageData(bytes as Uint8ClampedArray<ArrayBuffer>, size, size);
    context.putImageData(image, (i % columns) * size, Math.floor(i / columns) * size);
  }
  const large = new OffscreenCanvas(plain.width * scale, plain.height * scale);
  const into = large.getContext("2d") as OffscreenCanvasRenderingContext2D;
  into.imageSmoothingEnabled = false;
  into.drawImage(plain, 0, 0, large.width, large.height);
  return large.convertToBlob({ type: "image/png" });
}
