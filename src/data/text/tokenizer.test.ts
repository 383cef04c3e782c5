import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as everything from "./index.ts";
import { learnMerges } from "./learn-merges.ts";
import { joinWords, splitWords } from "./words.ts";

const { END, START, tokenizerFromJson, tokenizerKinds, trainTokenizer, UNKNOWN } = everything;
const anyText = fc.string({ unit: "grapheme", maxLength: 60 });
const trainable = tokenizerKinds.map((k) => k.kind).filter((k) => k !== "hugging-face");
const knowAll = (kind: string, text: string) =>
  trainTokenizer(kind === "word" ? { kind, minimumCount: 1 } : { kind }, [text]);

test("what is public", () => {
  expect(Object.keys(everything).sort()).toEqual([
    "END",
    "START",
    "UNKNOWN",
    "corpora",
    "joinWords",
    "loadTokenizer",
    "openText",
    "quatrainLines",
    "splitWords",
    "tokenizerFromJson",
    "tokenizerKinds",
    "trainTokenizer",
  ]);
});

test("character and byte-pair give every text back, through their json", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom("character", "byte-pair"), (text, kind) => {
      const made = knowAll(kind, text);
      const again = tokenizerFromJson(JSON.parse(JSON.stringify(made.json)));
      expect(again.encode(text)).toEqual(made.encode(text));
      expect(again.decode([START, ...made.encode(text), END, UNKNOWN])).toBe(text);
    }),
  );
});

test("byte-pair gives texts back that it has never seen", () => {
  const made = trainTokenizer({ kind: "byte-pair", vocabulary: 300 }, ["the cat sat on the mat"]);
  fc.assert(fc.property(anyText, (text) => made.decode(made.encode(text)) === text));
});

test("words keep their ids when they are written and read again", () => {
  const sign = fc.constantFrom(..."ab1'’-.,\"(“”)%$中文。é\u0301 \n…");
  const mixed = fc.oneof(anyText, fc.string({ unit: sign, maxLength: 30 }));
  fc.assert(
    fc.property(mixed, (text) => {
      const made = knowAll("word", text);
      const ids = made.encode(text);
      expect(ids).not.toContain(UNKNOWN);
      expect(made.encode(made.decode(ids))).toEqual(ids);
    }),
    { numRuns: 500 },
  );
});

describe("words", () => {
  test("are split by the stated rule", () => {
    expect(splitWords("Don't pay $3,000.5, term-end (or so)!")).toEqual([
      "Don't",
      "pay",
      "$",
      "3,000.5",
      ",",
      "term-end",
      "(",
      "or",
      "so",
      ")",
      "!",
    ]);
    expect(splitWords("我爱you。")).toEqual(["我", "爱", "you", "。"]);
  });
  test("are joined as a person writes", () => {
    for (const text of [
      'He said, "yes" (twice): 50% of $3.5.',
      "“No,” she said.",
      "白玉誰家郎，回車。",
    ]) {
      expect(joinWords(splitWords(text))).toBe(text);
    }
  });
});

describe.each(trainable)("%s", (kind) => {
  const texts = ["to be or not to be", "that is the question", "to be is to do"];
  test("does not depend on the order of the texts", () => {
    const there = trainTokenizer({ kind }, texts).json;
    expect(trainTokenizer({ kind }, [...texts].reverse()).json).toEqual(there);
  });
  test("gives ids below its vocabulary and refuses others", () => {
    const made = trainTokenizer({ kind }, texts);
    expect(Math.max(...made.encode(texts.join(" ")))).toBeLessThan(made.vocabulary);
    expect(() => made.decode([made.vocabulary])).toThrow(/outside its vocabulary, expected 0 to/);
    expect(made.decode([UNKNOWN])).toBe("\uFFFD");
    expect(made.encode("")).toEqual([]);
  });
});

test("a vocabulary limit keeps the commonest", () => {
  const made = trainTokenizer({ kind: "character", maximumVocabulary: 5 }, ["aaabbc"]);
  expect(made.encode("abc")).toEqual([3, 4, UNKNOWN]);
});

test("learnMerges takes the commonest pair anew at each step", () => {
  const naive = (words: { ids: number[]; count: number }[], nextId: number, most: number) => {
    const merges: [number, number][] = [];
    let now = words.map((w) => ({ ...w }));
    while (merges.length < most) {
      const counts = new Map<string, { pair: [number, number]; count: number }>();
      for (const { ids, count } of now) {
        for (let i = 1; i < ids.length; i++) {
          const pair: [number, number] = [ids[i - 1] ?? 0, ids[i] ?? 0];
          const key = pair.join();
          counts.set(key, { pair, count: (counts.get(key)?.count ?? 0) + count });
        }
      }
      const [best] = [...counts.values()].sort(
        (a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1],
      );
      if (!best || best.count < 2) break;
      const id = nextId + merges.length;
      merges.push(best.pair);
      now = now.map(({ ids, count }) => {
        const out: number[] = [];
        for (let i = 0; i < ids.length; i++) {
          const hit = ids[i] === best.pair[0] && ids[i + 1] === best.pair[1];
          out.push(hit ? id : (ids[i] ?? 0));
          if (hit) i++;
        }
        return { ids: out, count };
      });
    }
    return merges;
  };
  const word = fc.record({
    ids: fc.array(fc.integer({ min: 3, max: 6 }), { maxLength: 8 }),
    count: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      expect(learnMerges(words, 7, 10)).toEqual(naive(words, 7, 10));
    }),
  );
});
