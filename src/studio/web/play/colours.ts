/** The present values of the studio's colours, for canvases; theme changes change them. */
export function colour(name: "real" | "fake" | "ink" | "quiet" | "edge" | "card"): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Red, green and blue of a colour as browsers give it back, 0 to 255. */
export function channelsOf(rgb: string): readonly [number, number, number] {
  const [r = 0, g = 0, b = 0] = (rgb.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/** The same colour with an opacity. */
export function faded(rgb: string, opacity: number): string {
  return `rgb(${channelsOf(rgb).join(" ")} / ${opacity.toFixed(3)})`;
}
