/**
 * Report files as commands read them: errors name the file.
 *
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
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

/** The files that are meant: in place of a folder what ends in `.mp` in it, by name. */
export async function reportFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) {
      files.push(path);
      continue;
    }
    try {
      const entries = await readdir(path, { withFileTypes: true });
      const names = entries.filter((it) => !it.isDirectory() && /^[^.].*\.mp$/.test(it.name))
        .map((it) => it.name);
      files.push(...names.sort().map((name) => join(path, name)));
    } catch (error) {
      throw fileError("read", path, error);
    }
  }
  return files;
}

/** Whether a path is there and is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // What reads it says what is wrong.
  }
}
