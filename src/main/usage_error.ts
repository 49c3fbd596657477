/**
 * Errors about values that a person has given.
 *
 * @module
 */
import { ArgumentError } from "./_argument.ts";

/** Turns an error about an invalid value into a usage error. */
export function asUsageError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new ArgumentError(error.message) : error;
  }
}
