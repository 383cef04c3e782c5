import { filesUnder, root } from "./lib.mjs";

/** The `exports` of package.json: one subpath for each public index file of src/. */
export function packageExports() {
  const paths = filesUnder("src")
    .map((file) => file.slice(root.length + 1).replaceAll("\\", "/"))
    .map((file) => /^src(\/[a-z]+|\/runtime\/(?:node|web))?\/index\.ts$/.exec(file))
    .filter((match) => match !== null && match[1] !== "/cli")
    .map(([, folder = ""]) => folder)
    .sort();
  return {
    ...Object.fromEntries(
      paths.map((path) => [
        `.${path}`,
        { types: `./dist${path}/index.d.ts`, default: `./dist${path}/index.js` },
      ]),
    ),
    "./package.json": "./package.json",
  };
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(packageExports()));
