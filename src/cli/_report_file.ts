/**
 * Reads report files for commands; errors name the file.
 *
 * @module
 */
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ArchFXFlexibleDictionaryReport, DataError } from "../reports/mod.ts";
import { streamerText } from "../reports/report_head.ts";
import { CommandError, fileError, messageOf } from "./_errors.ts";

/** A file in a folder that is not read. */
interface LeftOut {
  /** The file. */
  readonly path: string;
  /** Why. */
  readonly reason: string;
  /** Whether it may still be a report. */
  readonly mayBeReport: boolean;
}

/** The files that the arguments name. */
interface FoundFiles {
  /** The files to read. */
  readonly files: string[];
  /** Files in folders that end in `.mp` and cannot be read. */
  readonly leftOut: LeftOut[];
}

/** Reads and decodes a report; an error names the file. */
export async function decodeFile(
  path: string,
  signal?: AbortSignal,
): Promise<ArchFXFlexibleDictionaryReport> {
  const bytes = await readReportFile(path, signal);
  try {
    return ArchFXFlexibleDictionaryReport.decode(bytes);
  } catch (cause) {
    throw namingFile(path, explained(cause, bytes));
  }
}

/** The error of a report, with the name of the file in front. */
export function namingFile(path: string, error: unknown): unknown {
  return error instanceof DataError
    ? new CommandError(`"${path}": ${messageOf(error)}`, 1, { cause: error })
    : error;
}

/** The error for bytes that are not a report; says so if they are readings as text. */
export function explained(error: unknown, head: Uint8Array): unknown {
  const kind = kindOfText(head);
  if (kind === undefined || !(error instanceof DataError)) return error;
  return new DataError(
    `This is ${kind}, not a report: turn it into one with "archfx report encode"`,
    { cause: error },
  );
}

/** The format of readings as text; `undefined` if the bytes do not begin like one. */
function kindOfText(bytes: Uint8Array): "CSV" | "NDJSON" | undefined {
  const [line] = new TextDecoder().decode(bytes.subarray(0, 500)).split(/[\r\n]/);
  // deno-lint-ignore no-control-regex
  if (line === undefined || /[\u0000-\u0008\ufffd]/.test(line)) return undefined;
  if (/^\s*\{"/.test(line)) return "NDJSON";
  return /[,;\t]/.test(line) ? "CSV" : undefined;
}

/** The slug of a streamer, or device and index if the index is not valid. */
export function streamerName(device: number | bigint, index: number | bigint | null): string {
  return streamerText(device, index);
}

/**
 * The bytes of a report file.
 *
 * @param path The file.
 * @param signal Ends the wait: opening a named pipe waits until a process writes to it.
 */
async function readReportFile(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal!.reason);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop);
  });
  stopped.catch(() => {/* The race sees it, unless the file has been read. */});
  try {
    return new Uint8Array(await Promise.race([readFile(path), stopped]));
  } catch (error) {
    throw signal?.aborted ? signal.reason : fileError("read", path, error);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The files that the arguments name. A folder means its files that end in `.mp`, sorted by name. */
export async function reportFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) {
      files.push(path);
      continue;
    }
    try {
      const names = (await readdir(path)).filter((name) => /^[^.].*\.mp$/.test(name));
      for (const name of names.sort()) {
        const file = join(path, name);
        const found = await kindOf(file);
        if (found === "file") files.push(file);
        else if (found !== "folder") leftOut.push({ path: file, ...found });
      }
    } catch (error) {
      throw fileError("read", path, error);
    }
  }
  return { files, leftOut };
}

/** The kind of an entry of a folder. */
async function kindOf(path: string): Promise<"file" | "folder" | Omit<LeftOut, "path">> {
  try {
    const info = await stat(path);
    if (info.isFile()) return "file";
    if (info.isDirectory()) return "folder";
    // Opening a named pipe would wait for a writer.
    return { reason: "it is not a regular file", mayBeReport: false };
  } catch {
    // Runtimes replace bytes of a name that are not UTF-8, and then cannot find the file.
    const isGone = path.includes("\ufffd") && await lstat(path).then(() => false, () => true);
    if (!isGone) return "file"; // Reading it will report what is wrong.
    return {
      reason: "its name is not valid UTF-8, so it cannot be opened: rename it",
      mayBeReport: true,
    };
  }
}

/** Whether a path exists and is a regular file. */
export async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // Reading it will report what is wrong.
  }
}

/** Whether a path exists and is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Reading it will report what is wrong.
  }
}
