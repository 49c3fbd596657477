/**
 * A fresh process: how long importing a module takes, given as an argument, and the first use of the
 * codec after it.
 *
 * @module
 */
import process from "node:process";

const module = new URL(process.argv[2], import.meta.url).href;
const beforeImport = performance.now();
const { ArchFxDeviceSlug } = await import(module);
const afterImport = performance.now();
new ArchFxDeviceSlug("d--1234");
const afterUse = performance.now();
const { WASM_BASE64 } = await import("../src/codec/wasm_bytes.ts");
console.log(JSON.stringify({
  importMs: afterImport - beforeImport,
  firstUseMs: afterUse - afterImport,
  wasmBytes: atob(WASM_BASE64).length,
}));
