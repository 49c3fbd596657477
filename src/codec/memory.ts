/**
 * The size of linear memory, for the compiler and for the views. It is fixed: memory never grows, so
 * views are made once. `wasm/layout.ts` says what lies where below {@linkcode MEMORY_BASE}.
 *
 * @module
 */

/** Where the module's own tables begin, in bytes; everything below is working space. */
export const MEMORY_BASE = 0x3f0000;

/** Size of linear memory in pages of 64 KiB: 4 MiB. */
export const MEMORY_PAGES = 64;
