/**
 * What the system says of a file, in one line that names the file the caller named.
 *
 * @module
 */

import { errorCode } from "./_error_fields.ts";

/**
 * Waits for the file system, and lets its error name the file that the caller named.
 *
 * @param action The action: "write", "upload".
 * @param path The file.
 * @param asked What the file system was asked for.
 * @returns Its answer.
 * @throws {Error} With the `code` of the system's error, which is its cause.
 */
export async function naming<T>(action: string, path: string | URL, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    const code = errorCode(cause);
    if (!(cause instanceof Error) || typeof code !== "string") throw cause;
    // "ENOENT: no such file or directory, open '...'": the path there may be a temporary one.
    const reason = cause.message.replace(/, \w+ '[^]*$/, "");
    throw Object.assign(new Error(`Cannot ${action} "${path}": ${reason}`, { cause }), { code });
  }
}
