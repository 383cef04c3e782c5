import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { END, loadTokenizer, openText, tokenizerFromJson } from "./index.ts";

const root = mkdtempSync(join(tmpdir(), "gansmith-text-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};
const lines = Array.from({ length: 600 }, (_, i) => `document ${i} says ${i * 7919}`);
const path = file("lines.txt", `${lines.join("\n")}\nDOCUMENT 3  says 23757\n${lines[5]}\n\n`);
const spec = { name: "file", path };
const request = { split: "train", length: 40, seed: 1, tokenizer: { kind: "character" } } as const;
const open = (split: "train" | "validation" | "test") => openText(spec, { ...request, split });
const textsOf = (data: Awaited<ReturnType<typeof openText>>) =>
  Array.from({ length: data.count }, (_, i) => data.textOf(i));

describe("splits", () => {
  test("share out every document, and none of test or validation occurs in train", async () => {
    const [train, validation, testing] = await Promise.all([
      open("train"),
      open("validation"),
      open("test"),
    ]);
    const key = (t: string) => t.toLowerCase().replace(/\s+/g, "");
    const seen = new Set(textsOf(train).map(key));
    const other = [...textsOf(validation), ...textsOf(testing)];
    expect(other.filter((t) => seen.has(key(t)))).toEqual([]);
    expect(train.count + other.length).toBe(601);
    expect(train.count).toBeGreaterThan(500);
    expect(testing.count).toBeGreaterThan(10);
    expect(train.tally).toEqual({ documents: 601, duplicates: 1, cut: 0, leftOut: 0 });
    expect(testing.tokenizer.json).toEqual(train.tokenizer.json);
  });
  test("stay the same for every seed, while the order changes", async () => {
    const a = await open("test");
    const b = await openText(spec, { ...request, split: "test", seed: 2 });
    expect(textsOf(b)).not.toEqual(textsOf(a));
    expect(textsOf(b).sort()).toEqual(textsOf(a).sort());
    expect(b.fingerprint).not.toBe(a.fingerprint);
    expect((await open("test")).fingerprint).toBe(a.fingerprint);
  });
  test("have a fingerprint of what was read, wherever it lies", async () => {
    const copy = { name: "file", path: file("copy.txt", readFileSync(path)) };
    const changed = { name: "file", path: file("changed.txt", `${lines.join("\n")}\nmore`) };
    const { fingerprint } = await open("train");
    expect((await openText(copy, request)).fingerprint).toBe(fingerprint);
    expect((await openText(changed, request)).fingerprint).not.toBe(fingerprint);
  });
});

describe("read", () => {
  test("fills with end after the text", async () => {
    const data = await open("train");
    const out = new Int32Array(80);
    data.read(Uint32Array.of(3, 0), out);
    expect(data.tokenizer.decode(out.subarray(0, 40))).toBe(data.textOf(3));
    expect(data.tokenizer.decode(out.subarray(40))).toBe(data.textOf(0));
    expect(out[39]).toBe(END);
    expect(() => data.read(Uint32Array.of(data.count), new Int32Array(40))).toThrow(/not exist/);
    expect(() => data.read(Uint32Array.of(0), out)).toThrow(/out has 80 places, expected 1 x 40/);
  });
  test("cuts or leaves out what is too long, and says how many", async () => {
    const cut = await openText(spec, { ...request, length: 18 });
    const left = await openText(spec, { ...request, length: 18, tooLong: "leave-out" });
    expect(left.tally.leftOut).toBe(cut.tally.cut);
    expect(left.tally.leftOut).toBeGreaterThan(0);
    expect(left.count).toBe(cut.count - cut.tally.cut);
  });
  test("takes a limit and a tokenizer that is there already", async () => {
    const all = await open("train");
    const few = await openText({ ...spec, limit: 7 }, request);
    expect(textsOf(few)).toEqual(textsOf(all).slice(0, 7));
    const tokenizer = tokenizerFromJson(all.tokenizer.json);
    expect((await openText(spec, { ...request, tokenizer })).fingerprint).toBe(all.fingerprint);
  });
});

describe("files", () => {
  const texts = async (options: { path: string; documents?: string; field?: string }) => {
    const found: string[] = [];
    for (const split of ["train", "validation", "test"] as const) {
      const given = { ...request, split, tokenizer: { kind: "byte-pair" } };
      try {
        found.push(...textsOf(await openText({ name: "file", ...options }, given)));
      } catch {
        // A split of three documents may be empty.
      }
    }
    return found.sort();
  };
  test("byte order mark, CRLF, empty lines and NFC make no difference", async () => {
    const odd = file("odd.txt", "\uFEFFcafe\u0301\r\n\r\n  мир 世界 \r\ncafé\r\n");
    expect(await texts({ path: odd })).toEqual(["café", "мир 世界"]);
  });
  test("paragraphs", async () => {
    const poem = file("poem.txt", "one\ntwo\n \n\nthree\n");
    expect(await texts({ path: poem, documents: "paragraphs" })).toEqual(["one\ntwo", "three"]);
  });
  test("JSON lines and CSV", async () => {
    const jsonl = file("a.jsonl", '{"t":"one\\ntwo"}\n\n{"t":"three","x":1}\n');
    expect(await texts({ path: jsonl, field: "t" })).toEqual(["one\ntwo", "three"]);
    const csv = file("a.csv", '\uFEFFid,text\n1,"one, ""two"""\n2,three\n');
    expect(await texts({ path: csv })).toEqual(['one, "two"', "three"]);
  });
});

describe("loadTokenizer", () => {
  const vocab = { "[UNK]": 0, hello: 1, world: 2, "!": 3 };
  const json = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: "Lowercase" },
    pre_tokenizer: { type: "Whitespace" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
  test("reads a Hugging Face tokenizer.json, its ids moved up by 3", async () => {
    const made = await loadTokenizer(file("tokenizer.json", JSON.stringify(json)));
    expect(made.vocabulary).toBe(7);
    expect(made.encode("Hello world!")).toEqual([4, 5, 6]);
    expect(made.decode([0, 4, 5, END, 6])).toBe("hello world");
    expect(tokenizerFromJson(made.json).encode("world")).toEqual([5]);
  });
  test("reads one of ours", async () => {
    const { tokenizer } = await open("train");
    const saved = file("ours.json", JSON.stringify(tokenizer.json));
    expect((await loadTokenizer(saved)).json).toEqual(tokenizer.json);
  });
});
