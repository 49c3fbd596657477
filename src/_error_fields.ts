/**
 * Reads the fields of a caught value, which may be anything: a field is returned only if it exists and has the right
 * type.
 *
 * @module
 */
import { isRecord } from "./_is_record.ts";

/** The code of an error of the system, Node or SQLite: `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return isRecord(error) && typeof error.code === "string" ? error.code : undefined;
}

/** The message of an error, or the text of any other value. */
export function errorMessage(error: unknown): string {
  return isRecord(error) && typeof error.message === "string" ? error.message : String(error);
}

/** The HTTP status of an error that comes from a response. */
export function errorStatus(error: unknown): number | undefined {
  return isRecord(error) && typeof error.status === "number" ? error.status : undefined;
}

/** The path in an error of the file system. */
export function errorPath(error: unknown): string | undefined {
  return isRecord(error) && typeof error.path === "string" ? error.path : undefined;
}

/** A thrown value as an Error, for functions that require one. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(errorMessage(thrown), { cause: thrown });
}
