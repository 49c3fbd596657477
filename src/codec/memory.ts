/**
 * The size of linear memory, for the compiler and for the views. It is fixed: memory never grows, so
 * views are created once. `wasm/layout.ts` has the layout below {@linkcode MEMORY_BASE}.
 *
 * @module
 */

/** The start of the module's own tables, in bytes; everything below is working space. */
export const MEMORY_BASE = 0x3f0000;

/** Size of linear memory in pages of 64 KiB: 4 MiB. */
export const MEMORY_PAGES = 64;
