import type { Key } from "./en.ts";

export const zh: Readonly<Record<Key, string>> = {
  "nav.play": "游乐场",
  "nav.images": "图像实验室",
  "nav.runs": "训练记录",
  "nav.explore": "潜空间",
  "nav.text": "文本",
  "nav.tour": "导览",
  "shell.language": "English",
  "shell.theme": "切换明暗",
  "shell.skip": "跳到正文",
  "shell.loading": "载入中……",
  "shell.problem": "出错了",
  "play.title": "平面上的两个对手",
};
