/**
 * Errors of the file system in one line, with the name of the file that the caller used.
 *
 * @module
 */

import { errorCode } from "./_error_fields.ts";

/**
 * Waits for the file system. An error names the file that the caller named.
 *
 * @param action The action: "write", "upload".
 * @param path The file.
 * @param asked The pending operation of the file system.
 * @returns Its result.
 * @throws {Error} With the `code` of the system's error, which is the cause.
 */
export async function naming<T>(action: string, path: string | URL, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    const code = errorCode(cause);
    if (!(cause instanceof Error) || typeof code !== "string") throw cause;
    // "ENOENT: no such file or directory, open '...'": the path in this text may be a temporary one.
    const reason = cause.message.replace(/, \w+ '[^]*$/, "");
    throw Object.assign(new Error(`Cannot ${action} "${path}": ${reason}`, { cause }), { code });
  }
}
