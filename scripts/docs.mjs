// Writes the tables in the documents that are made from the code, between
// <!-- generated:NAME --> and <!-- /generated -->, and the exports of package.json.
// With --check it only says which are out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageExports } from "./exports.mjs";
import { root } from "./lib.mjs";

const documents = [
  "README.md",
  "README.zh-CN.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs/stability.md",
];

const built = (path) => import(pathToFileURL(join(root, "dist", path)));
const table = (head, rows) =>
  [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`]
    .concat(rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`))
    .join("\n");

const parts = (what, all) =>
  table(
    [what, "what it is"],
    all.map((part) => [`\`${part.name}\``, part.summary]),
  );

/** Name of a block -> its Markdown (from the built program). A new block is one entry here. */
const generators = {
  async recipes() {
    const { recipes } = await built("recipes/index.js");
    return table(
      ["recipe", "what it is"],
      recipes.map((r) => [`\`${r.name}\``, r.summary]),
    );
  },
  async data() {
    const { dataSources } = await built("data/registry.js");
    return table(
      ["data", "what it is"],
      dataSources.map((d) => [`\`${d.name}\``, d.summary]),
    );
  },
  async metrics() {
    const { metrics } = await built("metrics/registry.js");
    return table(
      ["metric", "what it says"],
      metrics.map((m) => [`\`${m.name}\``, m.summary]),
    );
  },
  async models() {
    const { models } = await built("models/index.js");
    return parts("model", models);
  },
  async losses() {
    const { losses } = await built("adversarial/index.js");
    return parts("loss", losses);
  },
  async regularizers() {
    const { regularizers } = await built("adversarial/index.js");
    return parts("regularizer", regularizers);
  },
  async augmentations() {
    const { augmentations } = await built("adversarial/index.js");
    return parts("augmentation", augmentations);
  },
  async tables() {
    const { tables } = await built("reproduce/index.js");
    return parts("table", tables);
  },
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

async function refresh(text, document) {
  const pattern = /(<!-- generated:(\S+) -->\n)([\s\S]*?)(<!-- \/generated -->)/g;
  const found = [...text.matchAll(pattern)];
  const blocks = found.length;
  let fresh = text;
  for (const [whole, open, name, , close] of found) {
    if (!Object.hasOwn(generators, name)) {
      throw new Error(`${document}: unknown block "${name}"; known: ${Object.keys(generators)}.`);
    }
    fresh = fresh.replace(whole, `${open}${await generators[name]()}\n${close}`);
  }
  const opened = text.split("<!-- generated:").length - 1;
  if (opened !== blocks) {
    throw new Error(`${document}: ${opened} generated blocks begin, ${blocks} end.`);
  }
  return { fresh, blocks };
}

async function main() {
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
    const result = await refresh(text, document);
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
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
