/**
 * The files that a command reads: files, folders, patterns such as `logs/*.csv`, and `-` for standard input.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../_error_fields.ts";
import { CommandError, fileError } from "./_errors.ts";

/** The extensions of the files that are read in a folder. */
const READABLE =
  /^[^.].*\.(?:csv|tsv|tab|json|jsonl|ndjson|parquet|pq|arrows?|feather)(?:\.(?:gz|zst))?$/i;

/** Files that must be saved as CSV first. */
const SPREADSHEET = /^[^.~].*\.(?:xlsx?|xlsm|xlsb|ods|numbers)$/i;

/** A file to read. */
export interface InputFile {
  /** Its path, `-` for standard input. */
  readonly path: string;
  /** Its size, 0 if it is not known. */
  readonly size: number;
}

/** The files that the arguments name, in order, without duplicates. */
export async function inputFiles(paths: readonly string[]): Promise<InputFile[]> {
  const files = new Map<string, InputFile>();
  for (const path of paths) {
    for (const file of await expand(path)) {
      if (!files.has(file.path)) files.set(file.path, file);
    }
  }
  return [...files.values()];
}

async function expand(path: string): Promise<InputFile[]> {
  if (path === "-") return [{ path, size: 0 }];
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    const isMissing = errorCode(error) === "ENOENT";
    if (isMissing && /[*?]/.test(basename(path))) return await matching(path);
    throw missing(path, error);
  }
  if (!found.isDirectory()) return [{ path, size: found.size }];
  const files = await named(path, (name) => READABLE.test(name));
  if (files.length === 0) {
    const [sheet] = await named(path, (name) => SPREADSHEET.test(name));
    if (sheet) {
      throw new CommandError(
        `Cannot read "${path}": "${
          basename(sheet.path)
        }" is a spreadsheet: save it as CSV in the spreadsheet program`,
      );
    }
    throw new CommandError(
      `Cannot read "${path}": the folder has no file that ends in .csv, .tsv, .json, .ndjson, .parquet or .arrow`,
    );
  }
  return files;
}

/**
 * The error for a file that cannot be found. If its name is not valid text, runtimes ask the system for a
 * different name.
 */
function missing(path: string, error: unknown): CommandError {
  if (!path.includes("\ufffd")) return fileError("read", path, error);
  return new CommandError(`Cannot read "${path}": its name is not valid UTF-8: rename it`);
}

/** The files that a pattern matches, if the shell has not expanded it. */
async function matching(path: string): Promise<InputFile[]> {
  const escaped = basename(path).replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  const files = await named(dirname(path), (name) => pattern.test(name) && !name.startsWith("."));
  if (files.length === 0) throw new CommandError(`Cannot read "${path}": no file matches`);
  return files;
}

async function named(folder: string, wanted: (name: string) => boolean): Promise<InputFile[]> {
  const files: InputFile[] = [];
  try {
    for (const name of (await readdir(folder)).sort()) {
      if (!wanted(name)) continue;
      const path = folder === "." ? name : join(folder, name);
      const found = await stat(path).catch((error: unknown) => {
        throw missing(path, error);
      });
      if (found.isFile()) files.push({ path, size: found.size });
    }
  } catch (error) {
    throw fileError("read", folder, error);
  }
  return files;
}
