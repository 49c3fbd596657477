/**
 * Files that are uploaded and then removed: only the file that was sent, whatever its name stands for by then.
 *
 * @module
 */
import { link, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";

/** What tells a file from another one, or from itself with other content. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** The file that a name stands for now. */
export async function identityOf(path: string): Promise<FileIdentity> {
  return identityFrom(await stat(path, { bigint: true }));
}

/** What matters of a file's status. */
export function identityFrom({ dev, ino, size, mtimeNs }: FileIdentity): FileIdentity {
  return { dev, ino, size, mtimeNs };
}

/** Whether both are the same file with the same content. */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

/**
 * Removes a file that was sent.
 *
 * It is renamed first: between a look at what a name stands for and the removal, another file may take the
 * name, and would be removed unsent. What was renamed is looked at again, and put back if it is another file.
 *
 * @returns Whether it was removed: false if the name stands for another file.
 */
export async function removeSentFile(path: string, sent: FileIdentity): Promise<boolean> {
  if (!isSameFile(await identityOf(path), sent)) return false;
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.sent`);
  await rename(path, aside);
  if (isSameFile(await identityOf(aside), sent)) {
    await rm(aside);
    return true;
  }
  // Never over a third file that has the name by now.
  await link(aside, path);
  await rm(aside);
  return false;
}
