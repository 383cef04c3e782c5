// The studio's pages with ONNX Runtime's WebAssembly beside them: a folder for any static host.
//   node scripts/build-web.mjs [folder]      default: web-build
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildPages } from "./build.mjs";
import { root } from "./lib.mjs";

const runtime = join(root, "node_modules", "onnxruntime-web", "dist");

/** Copies what the built pages ask for, by the names in their scripts. */
function copyRuntime(folder) {
  const scripts = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js"));
  const text = scripts.map((name) => readFileSync(join(folder, "assets", name), "utf8")).join();
  const modules = new Set(text.match(/ort-wasm-simd-threaded[\w.-]*\.mjs/g));
  mkdirSync(join(folder, "ort"), { recursive: true });
  for (const name of [...modules].flatMap((m) => [m, m.replace(/mjs$/, "wasm")])) {
    copyFileSync(join(runtime, name), join(folder, "ort", name));
  }
  return modules.size;
}

const folder = resolve(process.argv[2] ?? join(root, "web-build"));
// What is there is replaced: only ever a build of these pages.
const foreign = existsSync(folder) && readdirSync(folder).length > 0;
if (foreign && !existsSync(join(folder, "ort"))) {
  console.error(`${folder} is not empty and holds no earlier build; name a new folder.`);
  process.exitCode = 2;
} else {
  process.exitCode = await buildPages(folder, "--logLevel", "warn");
  if (process.exitCode === 0) {
    if (copyRuntime(folder) === 0) throw new Error("the pages ask for no WebAssembly.");
    console.log(`The studio's pages are in ${folder}: any static host can serve them.`);
  }
}
