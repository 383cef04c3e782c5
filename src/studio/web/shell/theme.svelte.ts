/** Light or dark, as the reader chose it or as the system says. */
export type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");
const kept = localStorage.getItem("theme");
let chosen = $state<Theme | undefined>(kept === "light" || kept === "dark" ? kept : undefined);
let systemDark = $state(system.matches);
system.addEventListener("change", () => {
  systemDark = system.matches;
});
if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;

export function currentTheme(): Theme {
  return chosen ?? (systemDark ? "dark" : "light");
}

export function otherTheme(): void {
  chosen = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem("theme", chosen);
}
