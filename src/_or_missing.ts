/**
 * What the file system says of a file that need not exist.
 *
 * @module
 */
import { errorCode } from "./_error_fields.ts";

/** What was asked for; undefined if there is no such file. */
export async function orMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
