/**
 * The replacement for the global `Deno` in the bundle. Nothing else of the harness may become global.
 *
 * @module
 */
export { Deno } from "./harness.ts";
