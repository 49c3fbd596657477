/**
 * What a name to write to stands for: a file that is replaced whole, or something that is written
 * through (a terminal, a FIFO, a device), where a rename would put a file in its place.
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

/** Where the bytes of a name go. */
export interface FileTarget {
  /** The file behind links. */
  readonly path: string;
  /** The permissions of the file that is replaced; `undefined` if it does not exist. */
  readonly mode: number | undefined;
  /** It is not a regular file: open it and write, without a rename. */
  readonly writtenThrough: boolean;
}

/** Finds out what a name stands for. */
export async function fileTarget(name: string | URL): Promise<FileTarget> {
  const path = name instanceof URL ? fileURLToPath(name) : name;
  const found = await orMissing(stat(path));
  if (found !== undefined) {
    // The name of a stream of this process, even where a shell has sent it to a file.
    const isStream = /^\/dev\/(?:stdout|stderr|fd\/\d+)$/.test(path);
    if (isStream || !(found.isFile() || found.isDirectory())) {
      return { path, mode: undefined, writtenThrough: true };
    }
    if (found.isDirectory()) {
      // Said now, not when all has been written beside it.
      const error = new Error(`EISDIR: illegal operation on a directory, open '${path}'`);
      throw Object.assign(error, { code: "EISDIR" });
    }
    return { path: await realpath(path), mode: found.mode & 0o7777, writtenThrough: false };
  }
  // A link to a file that is not there yet makes that file.
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
 * A unique name: the file's, then `.<process id>-<8 hexadecimal digits>.part`. In the
 * same folder, so that a rename is enough; among temporary files where the target is written through.
 */
export function besideOf(target: FileTarget, word: string = randomUUID().slice(0, 8)): string {
  const suffix = `.${process.pid}-${word}.part`;
  return target.writtenThrough
    ? join(tmpdir(), basename(target.path) + suffix)
    : target.path + suffix;
}
