import { expect, test } from "vitest";
import { piecesOf, scoresOf } from "./text-scores.ts";

const known = new Set(["the", "cat", "don't"]);

test("a text is cut into words and the rest, and nothing is lost", () => {
  const text = "“The kat”, don't -- go";
  const pieces = piecesOf(text, known);
  expect(pieces.map((p) => p.text).join("")).toBe(text);
  expect(pieces.filter((p) => p.kind === "known").map((p) => p.text)).toEqual(["The", "don't"]);
  expect(pieces.filter((p) => p.kind === "invented").map((p) => p.text)).toEqual(["kat", "go"]);
});

test("quality is the share of known words, diversity that of different ones", () => {
  expect(scoresOf(["the cat", "The dog."], known)).toEqual({ quality: 0.75, diversity: 0.75 });
  expect(scoresOf(["...", ""], known)).toEqual({ quality: 0, diversity: 0 });
});

test("diversity looks at the first 150 words only", () => {
  const same = new Array(150).fill("the").join(" ");
  const others = Array.from({ length: 50 }, (_, i) => `w${"x".repeat(i)}`).join(" ");
  expect(scoresOf([same, others], known)).toEqual({ quality: 0.75, diversity: 1 / 150 });
});
