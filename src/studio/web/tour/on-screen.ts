import type { Attachment } from "svelte/attachments";

/** Says whether an element can be seen: scrolled to, in a tab that is shown. */
export function onScreen(hear: (seen: boolean) => void): Attachment {
  return (element) => {
    let near = false;
    const tell = () => hear(near && !document.hidden);
    const observer = new IntersectionObserver(([entry]) => {
      near = entry?.isIntersecting ?? false;
      tell();
    });
    observer.observe(element);
    document.addEventListener("visibilitychange", tell);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", tell);
    };
  };
}

/** Readers who want no motion start what moves themselves. */
export function prefersStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
