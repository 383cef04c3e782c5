import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isQuatrain,
  linesOf,
  type Poem,
  quatrainMetrics,
  quatrainShare,
  RhymeGroups,
  rhymeShares,
} from "./index.ts";

const night = linesOf("床前明月光，疑是地上霜。\n舉頭望明月，低頭思故鄉。");
const rhymes = ["光霜鄉香長陽", "時知詩枝遲期", "年然天船前仙"].map((group) => [...group]);
const poem = (a: string, b: string): Poem => [
  "白日依山盡",
  `黃河入海${a}`,
  "欲窮千里目",
  `更上一層${b}`,
];
/** Every pair of different characters, `times` times. */
const pairsOf = (group: readonly string[], times: number) =>
  group.flatMap((a) =>
    group.filter((b) => b !== a).flatMap((b) => Array<Poem>(times).fill(poem(a, b))),
  );
const corpus = (times: number) => rhymes.flatMap((group) => pairsOf(group, times));
const anyPoem = fc.array(
  fc.array(fc.constantFrom(...rhymes.flat(), "□", "a"), { maxLength: 8 }).map((c) => c.join("")),
  { maxLength: 6 },
);

test("a quatrain has 4 lines of 5 or 7 Han characters and nothing else", () => {
  expect(night).toEqual(["床前明月光", "疑是地上霜", "舉頭望明月", "低頭思故鄉"]);
  expect(isQuatrain(night, 5)).toBe(true);
  expect(isQuatrain(night, 7)).toBe(false);
  for (const wrong of ["低頭思故", "低頭思故□", "低頭思故a", "低頭思故鄉。", ""]) {
    expect(isQuatrain(night.with(3, wrong), 5), wrong).toBe(false);
  }
  expect(isQuatrain([...night, "低頭思故鄉"], 5)).toBe(false);
  // Outside the basic plane: one character, two UTF-16 units.
  expect(isQuatrain(night.with(0, "床前明月𠀀"), 5)).toBe(true);
  expect(quatrainShare([night, night.slice(1)], 5)).toBe(0.5);
});

test("finds the rhymes of a corpus, across bridges between two of them", () => {
  const bridges = [poem("光", "時"), poem("光", "時"), poem("光", "時"), poem("然", "知")];
  const groups = new RhymeGroups([...corpus(3), ...bridges], { minPmi: 1 });
  expect(groups.groups.map((group) => group.toSorted())).toEqual(
    expect.arrayContaining(rhymes.map((group) => group.toSorted())),
  );
  expect(groups.groups).toHaveLength(3);
  expect(groups.rhymes(poem("香", "光"))).toBe(true);
  expect(groups.rhymes(poem("香", "詩"))).toBe(false);
  expect(groups.rhymes(poem("光", "光"))).toBe(false);
  expect(groups.rhymes(poem("雪", "雪"))).toBe(false);
  expect(groups.rhymes(night.slice(1))).toBe(false);
});

test("pairs that are too rare or that chance explains join nothing", () => {
  expect(new RhymeGroups([poem("光", "霜"), poem("時", "知")], { minPmi: 0 }).groups).toEqual([]);
  const all = rhymes.flat();
  expect(new RhymeGroups(pairsOf(all, 1)).groups).toEqual([]);
});

test("shares stay in 0..1, and the order of poems changes neither groups nor shares", () => {
  fc.assert(
    fc.property(
      fc.array(anyPoem, { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(fc.constantFrom(...rhymes.flat()), fc.constantFrom(...rhymes.flat())), {
        minLength: 1,
        maxLength: 40,
      }),
      (samples, pairs) => {
        const train = pairs.map(([a, b]) => poem(a, b));
        const rule = { minCount: 2, minPmi: 1 };
        const sets = (poems: readonly Poem[]) =>
          new RhymeGroups(poems, rule).groups.map((group) => group.toSorted().join("")).sort();
        expect(sets(train.toReversed())).toEqual(sets(train));
        const { rhymed, byChance } = rhymeShares(samples, train, rule);
        expect(rhymeShares(samples.toReversed(), train, rule).rhymed).toBe(rhymed);
        const form = quatrainShare(samples, 5);
        expect(quatrainShare(samples.toReversed(), 5)).toBe(form);
        for (const share of [rhymed, byChance, form]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

test("every metric of poems scores real ones high and broken ones low", async () => {
  // Three rhymes of equal size are only log2(3) bits from chance; twelve more make them clear.
  const others = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: 6 }, (_, j) => String.fromCodePoint(0x5000 + i * 6 + j)),
  );
  const train = [...corpus(2), ...others.flatMap((group) => pairsOf(group, 2))];
  const real = [poem("香", "光"), poem("詩", "知"), poem("天", "仙")];
  const broken = real.map((lines) => [...lines.slice(0, 3), "更上一層雪樓"]);
  for (const metric of quatrainMetrics) {
    const score = async (samples: readonly Poem[]) =>
      (await metric.compute({ samples, references: real, train })).value;
    expect(await score(real), metric.name).toBe(1);
    expect(await score(broken), metric.name).toBe(0);
  }
});

test("what cannot be scored is said", () => {
  expect(() => quatrainShare([], 5)).toThrow("quatrain-form samples: expected at least 1 text");
  expect(() => rhymeShares([], [night])).toThrow("quatrain-rhyme samples: expected at least 1");
  expect(() => rhymeShares([night], [[]])).toThrow("rhyme groups: expected real poems of 4 lines");
});
