/**
 * The fields of a caught value, which may be anything: each of them if it is there and of its type.
 *
 * @module
 */
import { isRecord } from "./_is_record.ts";

/** The code that the system, Node or SQLite gives an error: `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return isRecord(error) && typeof error.code === "string" ? error.code : undefined;
}

/** The message of an error, and the text of anything else. */
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

/** A thrown value as an error, for what takes nothing else. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(errorMessage(thrown), { cause: thrown });
}
