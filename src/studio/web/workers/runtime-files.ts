/** Where ONNX Runtime's WebAssembly lies, seen from a worker in `assets/`. */
export const runtimeFiles = new URL(/* @vite-ignore */ "../ort/", import.meta.url).href;
