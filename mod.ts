/**
 * ArchFX Cloud for TypeScript: slugs, readings, streamer reports and the REST client.
 *
 * Readings become a streamer report, whose bytes are written in WebAssembly, and a report goes to the
 * cloud with `upload`. `./slugs` and `./reports` are parts of this module; scripts, the command and
 * the emulator stand in `./main`, `./cli` and `./emulator`.
 *
 * @example A report, ready to be uploaded
 * ```ts
 * import { Api, ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const report = ArchFXFlexibleDictionaryReport.fromReadings({
 *   device: "d--1234",
 *   data: [new ArchFXDataPoint({ timestamp: new Date(), stream: 0x5051, value: 42, readingId: 1 })],
 * });
 * assertEquals(ArchFXFlexibleDictionaryReport.decode(report.encode()).length, 1);
 *
 * const api = new Api("https://arch.archfx.io");
 * async function send(email: string, password: string): Promise<number> {
 *   if (!await api.login({ email, password })) throw new Error("wrong password");
 *   return await report.upload(api); // how many readings were new
 * }
 * ```
 *
 * @module
 */
export { init } from "./src/codec/instance.ts";
export * from "./src/readings/mod.ts";
export * from "./src/reports/mod.ts";
export * from "./src/slugs/mod.ts";
export * from "./src/api/mod.ts";
