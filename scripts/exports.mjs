import { filesUnder, root } from "./lib.mjs";

/** The `exports` of package.json: one subpath for each folder's index file, and the browser's runtime. */
export function packageExports() {
  const sources = filesUnder("src")
    .map((file) => file.slice(root.length + 1).replaceAll("\\", "/"))
    .filter((file) => /^src\/([a-z]+\/)?index\.ts$|^src\/runtime\/web\.ts$/.test(file))
    .filter((file) => file !== "src/cli/index.ts");
  const entries = sources.map((file) => {
    const built = file.replace("src/", "./dist/").replace(/\.ts$/, "");
    const path = file.replace(/^src\/|\/?index\.ts$|\.ts$/g, "");
    return [path ? `./${path}` : ".", { types: `${built}.d.ts`, default: `${built}.js` }];
  });
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...Object.fromEntries(entries), "./package.json": "./package.json" };
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(packageExports()));
