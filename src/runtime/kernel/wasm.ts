// The part of the WebAssembly interface that gansmith uses. TypeScript declares it with the DOM,
// which Node code must not see; a real WebAssembly.Memory fits this type.

/** A WebAssembly.Memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WasmApi {
  Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** This platform's WebAssembly, which Node and every browser have. */
export const wasm = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;

/** Bytes in a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536;
