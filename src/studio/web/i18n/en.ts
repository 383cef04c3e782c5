/** Every sentence of the studio, by key; `zh.ts` holds the same keys. */
export const en = {
  "nav.play": "Playground",
  "nav.images": "Image lab",
  "nav.runs": "Runs",
  "nav.explore": "Explorer",
  "nav.text": "Text",
  "nav.tour": "Tour",
  "shell.language": "中文",
  "shell.theme": "Switch between light and dark",
  "shell.skip": "Skip to the page",
  "shell.loading": "Loading …",
  "shell.problem": "Something went wrong",
  "play.title": "Two players in the plane",
};
export type Key = keyof typeof en;
