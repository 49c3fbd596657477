/**
 * Writes files beside their target and renames them, so that other programs never see an incomplete file.
 *
 * @module
 */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { errorCode } from "./_error_fields.ts";
import { naming } from "./_file_error.ts";
import { removeOnSignal } from "./_node_parts.ts";
import { besideOf, type FileTarget, fileTarget } from "./_node_target.ts";

/**
 * Runs `write` on a new file beside a target, then renames it to the target and sets the permissions of the file that
 * it replaces. A target that is not a regular file is opened instead, and written at its end.
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
      return await namingFull(target.path, write(file));
    } finally {
      await file.close();
    }
  }
  const beside = besideOf(target);
  const file = await naming("write", target.path, open(beside, "wx+", target.mode ?? 0o666));
  const finished = removeOnSignal(beside);
  try {
    const result = await namingFull(target.path, write(file));
    if (target.mode !== undefined) await file.chmod(target.mode);
    // Without this, a power cut can leave an empty file with the new name.
    await naming("write", target.path, file.sync());
    await naming("write", target.path, file.close());
    await naming("write", target.path, rename(beside, target.path));
    return result;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  } finally {
    finished();
  }
}

/** Makes the error of a full disk name the file. Other errors may come from the source of the data. */
export async function namingFull<T>(path: string | URL, task: Promise<T>): Promise<T> {
  try {
    return await task;
  } catch (error) {
    const code = errorCode(error);
    if (!["ENOSPC", "EDQUOT", "EFBIG", "EIO"].includes(String(code))) throw error;
    return await naming("write", path, Promise.reject(error));
  }
}

/** Writes bytes to a file. */
export async function writeBytes(path: string | URL, bytes: Uint8Array): Promise<void> {
  await writeBeside(await naming("write", path, fileTarget(path)), (file) => writeAll(file, bytes));
}

/** Writes all bytes at the position of the file. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}
