/** Resolves once the page has drawn; never while nobody sees it. */
export function nextFrame(): Promise<void> {
  return new Promise((drawn) => {
    requestAnimationFrame(() => drawn());
  });
}
