/**
 * The version that `archfx --version` prints; a test compares it with deno.json.
 *
 * @module
 */
export const version = "0.1.0";
