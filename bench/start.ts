/**
 * A fresh process: how long importing `mod.ts` takes, and the first use of the codec after it.
 *
 * @module
 */
const beforeImport = performance.now();
const { ArchFxDeviceSlug } = await import("../mod.ts");
const afterImport = performance.now();
new ArchFxDeviceSlug("d--1234");
const afterUse = performance.now();
const { WASM_BASE64 } = await import("../src/codec/wasm_bytes.ts");
console.log(JSON.stringify({
  importMs: afterImport - beforeImport,
  firstUseMs: afterUse - afterImport,
  wasmBytes: atob(WASM_BASE64).length,
}));
