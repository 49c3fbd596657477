/**
 * Finds what is behind the name of an output: a file that is replaced as a whole, or something that is written
 * to directly (a terminal, a FIFO, a device), which a rename would replace by a file.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { lstat, readlink, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { orMissing } from "./_or_missing.ts";

/** The target behind the name of an output. */
export interface FileTarget {
  /** The file behind links. */
  readonly path: string;
  /** The permissions of the file that is replaced; `undefined` if it does not exist. */
  readonly mode: number | undefined;
  /** It is not a regular file: open it and write, without a rename. */
  readonly writtenThrough: boolean;
}

/** Finds the target of a name. */
export async function fileTarget(name: string | URL): Promise<FileTarget> {
  const path = name instanceof URL ? fileURLToPath(name) : name;
  const found = await orMissing(stat(path));
  if (found !== undefined) {
    // The name of a stream of this process, even if a shell has redirected it to a file.
    const isStream = /^\/dev\/(?:stdout|stderr|fd\/\d+)$/.test(path);
    if (isStream || !(found.isFile() || found.isDirectory())) {
      return { path, mode: undefined, writtenThrough: true };
    }
    if (found.isDirectory()) {
      // Rejected now, not after everything has been written beside it.
      const error = new Error(`EISDIR: illegal operation on a directory, open '${path}'`);
      throw Object.assign(error, { code: "EISDIR" });
    }
    return { path: await realpath(path), mode: found.mode & 0o7777, writtenThrough: false };
  }
  // A link to a file that does not exist yet creates that file.
  if ((await orMissing(lstat(path)))?.isSymbolicLink()) {
    return await fileTarget(resolve(dirname(path), await readlink(path)));
  }
  const folder = await orMissing(realpath(dirname(path)));
  return {
    path: folder === undefined ? path : join(folder, basename(path)),
    mode: undefined,
    writtenThrough: false,
  };
}

/**
 * A unique name: the name of the file, then `.<process id>-<8 hexadecimal digits>.part`. It is in the same folder, so
 * that a rename is enough; if the target is written to directly, it is in the folder of temporary files.
 */
export function besideOf(target: FileTarget, word: string = randomUUID().slice(0, 8)): string {
  const suffix = `.${process.pid}-${word}.part`;
  return target.writtenThrough
    ? join(tmpdir(), basename(target.path) + suffix)
    : target.path + suffix;
}
