/**
 * Files that are written beside the target and renamed, so that nobody sees half a file.
 *
 * @module
 */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { naming } from "./_file_error.ts";
import { besideOf, type FileTarget, fileTarget } from "./_node_target.ts";

/**
 * Runs `write` on a new file beside a target, then gives it that name and the permissions of what it
 * replaces. What is no regular file is opened, and written at its end.
 *
 * @param target The target.
 * @param write Writes the file.
 * @returns What `write` returned.
 */
export async function writeBeside<T>(
  target: FileTarget,
  write: (file: FileHandle) => Promise<T>,
): Promise<T> {
  if (target.writtenThrough) {
    const file = await naming("write", target.path, open(target.path, "a"));
    try {
      return await write(file);
    } finally {
      await file.close();
    }
  }
  const beside = besideOf(target);
  const file = await naming("write", target.path, open(beside, "wx", target.mode ?? 0o666));
  try {
    const result = await write(file);
    if (target.mode !== undefined) await file.chmod(target.mode);
    // Without this a power cut can leave the new name with nothing behind it.
    await file.sync();
    await file.close();
    await naming("write", target.path, rename(beside, target.path));
    return result;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

/** Writes bytes to a file. */
export async function writeBytes(path: string | URL, bytes: Uint8Array): Promise<void> {
  await writeBeside(await naming("write", path, fileTarget(path)), (file) => writeAll(file, bytes));
}

/** Writes all of some bytes where the file stands. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}
