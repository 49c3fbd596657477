/**
 * Report files as commands read them: errors name the file.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { ArchFXFlexibleDictionaryReport } from "../reports/mod.ts";
import { ArchFxStreamerSlug } from "../slugs/mod.ts";
import { CommandError, fileError, messageOf } from "./_errors.ts";

/** Reads and decodes a report; an error names the file. */
export async function decodeFile(path: string): Promise<ArchFXFlexibleDictionaryReport> {
  const bytes = await readReportFile(path);
  try {
    return ArchFXFlexibleDictionaryReport.decode(bytes);
  } catch (error) {
    if (error instanceof Error && error.name === "DataError") {
      throw new CommandError(`"${path}": ${messageOf(error)}`, 1, { cause: error });
    }
    throw error;
  }
}

/** The slug of a streamer; one that has none, since its index is no 16 bits, by its numbers. */
export function streamerName(device: number | bigint, index: number | bigint | null): string {
  try {
    return String(new ArchFxStreamerSlug(device, Number(index ?? NaN)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `device ${device}, streamer ${index}`;
  }
}

/** The bytes of a report file. */
export async function readReportFile(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw fileError("read", path, error);
  }
}
