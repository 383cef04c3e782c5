/** The present values of the studio's colours, for canvases; theme changes change them. */
export function colour(name: "real" | "fake" | "ink" | "quiet" | "edge" | "card"): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** The same colour with an opacity. */
export function faded(rgb: string, opacity: number): string {
  return rgb.replace(/^rgb\(([^)]*)\)$/, (_, inner: string) => {
    const [r, g, b] = inner.split(/[\s,]+/);
    return `rgb(${r} ${g} ${b} / ${opacity.toFixed(3)})`;
  });
}
