/** Shared by the tests of archfx report encode: arguments, a text, and a reader for the reports. */
import { ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";

/** The device and the stream for texts without them. */
export const FIXED = ["--device", "d--1234", "--stream", "0001-5090"];

/** Three readings, with times in three forms. */
export const THREE = "timestamp,value\n2026-03-02 06:00:00Z,1.5\n2026-03-02T06:00:01.25Z,2\n" +
  "2026-03-02T08:00:02+02:00,-3e2\n";

/** A report in a file. */
export async function decode(path: string): Promise<ArchFXFlexibleDictionaryReport> {
  return ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(path));
}
