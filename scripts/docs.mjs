// Writes the tables in the documents that are made from the code, between
// <!-- generated:NAME --> and <!-- /generated -->, and the exports of package.json.
// With --check it only says which are out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageExports } from "./exports.mjs";
import { root } from "./lib.mjs";

const documents = ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/** Name of a block -> its Markdown. A new block is one entry here. */
const generators = {
  exports() {
    const rows = Object.entries(packageExports())
      .filter(([path]) => path !== "./package.json")
      .map(([path, { types }]) => {
        const source = types.replace("./dist/", "src/").replace(".d.ts", ".ts");
        return `| \`gansmith${path.slice(1)}\` | ${firstSentence(source)} |`;
      });
    return ["| import from | what is inside |", "|---|---|", ...rows].join("\n");
  },
};

/** The first sentence of the comment that a file begins with, else its folder's row in ARCHITECTURE.md. */
function firstSentence(file) {
  const text = readFileSync(join(root, file), "utf8");
  const comment = /^\/\*\*([\s\S]*?)\*\//
    .exec(text)?.[1]
    ?.replace(/\s*\n\s*\*\s?/g, " ")
    .trim();
  if (comment) return comment.split(/(?<=\.)\s/)[0];
  const folder = file.split("/")[1];
  const rows = readFileSync(join(root, "ARCHITECTURE.md"), "utf8").split("\n");
  const row = rows.find(
    (line) => line.startsWith("| ") && line.split("|")[1]?.includes(`\`${folder}\``),
  );
  if (!row) throw new Error(`${file} must begin with a /** comment */ that says what it offers.`);
  return row.split("|")[2].trim();
}

function refresh(text, document) {
  let blocks = 0;
  const fresh = text.replace(
    /(<!-- generated:(\S+) -->\n)([\s\S]*?)(<!-- \/generated -->)/g,
    (_, open, name, _old, close) => {
      if (!Object.hasOwn(generators, name)) {
        throw new Error(`${document}: unknown block "${name}"; known: ${Object.keys(generators)}.`);
      }
      blocks++;
      return `${open}${generators[name]()}\n${close}`;
    },
  );
  const opened = text.split("<!-- generated:").length - 1;
  if (opened !== blocks) {
    throw new Error(`${document}: ${opened} generated blocks begin, ${blocks} end.`);
  }
  return { fresh, blocks };
}

function main() {
  const check = process.argv.includes("--check");
  let blocks = 0;
  let stale = 0;
  const manifestPath = join(root, "package.json");
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
  if (JSON.stringify(manifest.exports) !== JSON.stringify(packageExports())) {
    stale++;
    manifest.exports = packageExports();
    if (check)
      console.error("the exports of package.json are out of date; run: node scripts/docs.mjs");
    else writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  }
  for (const document of documents.filter((name) => existsSync(join(root, name)))) {
    const path = join(root, document);
    const text = readFileSync(path, "utf8");
    const result = refresh(text, document);
    blocks += result.blocks;
    if (result.fresh === text) continue;
    stale++;
    if (check) console.error(`${document} is out of date; run: node scripts/docs.mjs`);
    else writeFileSync(path, result.fresh);
  }
  console.log(`${blocks} generated blocks, ${stale} ${check ? "out of date" : "rewritten"}`);
  return (check && stale > 0) || blocks === 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
