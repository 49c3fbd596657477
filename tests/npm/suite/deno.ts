/**
 * What the bundler puts in place of the global `Deno`: nothing else of the harness may become global.
 *
 * @module
 */
export { Deno } from "./harness.ts";
