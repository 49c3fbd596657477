/**
 * Operations of the file system on a file that may not exist.
 *
 * @module
 */
import { errorCode } from "./_error_fields.ts";

/** The result of the operation; undefined if the file does not exist. */
export async function orMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
