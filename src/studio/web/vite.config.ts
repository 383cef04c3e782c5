import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions, defineConfig } from "vite";

/**
 * The studio's pages; everything is relative, so that any folder of any host serves them. ONNX Runtime's
 * WebAssembly is not bundled: it lies in `ort/` beside `index.html`.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [svelte()],
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  worker: { format: "es" },
  build: { target: "es2023", rolldownOptions: { checks: { pluginTimings: false } } },
});
