/**
 * ArchFX Cloud for TypeScript: slugs, readings, streamer reports and the REST client.
 *
 * @module
 */
export { init } from "./src/codec/instance.ts";
export * from "./src/readings/mod.ts";
export * from "./src/reports/mod.ts";
export * from "./src/slugs/mod.ts";
export * from "./src/api/mod.ts";
