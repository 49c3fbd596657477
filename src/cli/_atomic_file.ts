/**
 * Files that are there whole or not at all: written beside the target, then renamed.
 *
 * @module
 */
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";

/**
 * Writes a file beside its target and renames it.
 *
 * @param path The target.
 * @param data What it is to hold.
 * @param mode Its permissions; the umask cannot widen them.
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  mode = 0o666,
): Promise<void> {
  const beside = `${path}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    const file = await open(beside, "wx", mode);
    try {
      await file.writeFile(data);
      // Without this a power cut can leave the new name with nothing behind it.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Removes what a killed process left beside a target. Only who holds the target's lock may call it. */
export async function removeLeftovers(path: string): Promise<void> {
  const name = `${basename(path)}.`;
  for (const entry of await readdir(dirname(path))) {
    if (entry.startsWith(name) && entry.endsWith(".part")) {
      await rm(join(dirname(path), entry), { force: true });
    }
  }
}
