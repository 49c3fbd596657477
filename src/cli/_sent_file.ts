/**
 * Removes uploaded files: only the file that was sent, even if another file has its name by then.
 *
 * @module
 */
import { link, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";

/** What identifies a file and its content. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** The file that has a name now. */
export async function identityOf(path: string): Promise<FileIdentity> {
  return identityFrom(await stat(path, { bigint: true }));
}

/** The relevant parts of a file's status. */
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
 * It is renamed first: between the check and the removal, another file may get the name and would be removed
 * without being sent. The renamed file is checked again, and gets its name back if it is another file.
 *
 * @returns Whether it was removed; false if another file has the name.
 */
export async function removeSentFile(path: string, sent: FileIdentity): Promise<boolean> {
  if (!isSameFile(await identityOf(path), sent)) return false;
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.sent`);
  await rename(path, aside);
  if (isSameFile(await identityOf(aside), sent)) {
    await rm(aside);
    return true;
  }
  // This never replaces a third file that has the name by now.
  await link(aside, path);
  await rm(aside);
  return false;
}
