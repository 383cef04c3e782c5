// Packs the program and its threads into few files: finding and reading the hundreds that they are made of
// takes longer than all that they do before the work begins.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { filesUnder, root } from "./lib.mjs";

const dist = join(root, "dist");
const target = join(dist, "program");
const fileUrl = /new URL\("(\.[^"]+\.js)", import\.meta\.url\)/g;
/** They consist of many files and each run needs them; other packages stay what they are. */
const packed = ["zod", "commander"];

/** Writes dist/program/: `main.js`, a file for each thread, what they share, and the licences of what is packed. */
export async function bundle() {
  // Not at the top: npm start and npm test reach this file before they have installed anything.
  const { rolldown } = await import("rolldown");
  rmSync(target, { recursive: true, force: true });
  const entries = new Map([[join(dist, "cli", "main.js"), "main"]]);
  for (const file of modules()) {
    for (const [, path] of readFileSync(file, "utf8").matchAll(fileUrl)) {
      const entry = resolve(dirname(file), path);
      entries.set(entry, fromDist(entry).replaceAll("/", "-").replace(/\.js$/, ""));
    }
  }
  const build = await rolldown({
    input: Object.fromEntries([...entries].map(([file, name]) => [name, file])),
    platform: "node",
    external: (id) => /^[a-z@]/.test(id) && !isAbsolute(id) && !packed.includes(id),
    plugins: [{ name: "places", transform: (code, id) => placed(code, id, entries) }],
  });
  // Names stay, so that a stack trace can be read.
  const minify = { compress: true, mangle: false, codegen: { removeWhitespace: true } };
  await build.write({ dir: target, format: "esm", entryFileNames: "[name].js", minify });
  await build.close();
  const licences = packed.map((name) => {
    const text = readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
    return `${name}\n\n${text.trim()}\n`;
  });
  writeFileSync(join(target, "LICENSES.txt"), licences.join("\n---\n\n"));
}

/** The compiled modules; the pages are packed already. */
function modules() {
  return filesUnder("dist")
    .map((file) => resolve(root, file))
    .filter((file) => file.endsWith(".js") && !file.startsWith(join(dist, "studio", "web")));
}

/** Where a module asks for its own place, it gets that of the compiled file, and threads are the packed ones. */
function placed(code, id, entries) {
  if (!id.startsWith(dist) || !code.includes("import.meta.url")) return null;
  const here = `new URL(${JSON.stringify(posix.join("..", fromDist(id)))}, import.meta.url)`;
  const parts = code.split(fileUrl);
  // Code and captured paths take turns.
  return parts
    .map((part, i) => {
      if (i % 2 === 0) return part.replaceAll("import.meta.url", `${here}.href`);
      return `new URL("./${entries.get(resolve(dirname(id), part))}.js", import.meta.url)`;
    })
    .join("");
}

function fromDist(file) {
  return relative(dist, file).replaceAll(sep, "/");
}

if (process.argv[1] === import.meta.filename) await bundle();
