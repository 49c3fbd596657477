/**
 * Reports as files: written beside the target and renamed, so that nobody sees half a file.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";

/**
 * Runs `write` on a new file beside `path`, then gives it that name.
 *
 * @param path The target.
 * @param write Writes the file.
 * @returns What `write` returned.
 */
export async function writeBeside<T>(
  path: string | URL,
  write: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const beside = besideOf(path);
  const file = await open(beside, "wx");
  try {
    const result = await write(file);
    await file.sync();
    await file.close();
    await rename(beside, path);
    return result;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

/** A name in the same folder that nobody else has. */
export function besideOf(path: string | URL): string | URL {
  const suffix = `.${randomUUID().slice(0, 8)}.tmp`;
  return path instanceof URL ? new URL(path.href + suffix) : path + suffix;
}

/** Writes bytes to a file. */
export async function writeBytes(path: string | URL, bytes: Uint8Array): Promise<void> {
  await writeBeside(path, (file) => file.writeFile(bytes));
}
