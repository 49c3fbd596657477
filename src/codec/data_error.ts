/**
 * DataError, thrown if data that was passed or read is not valid.
 *
 * @module
 */

/**
 * Data that was passed, or read from a report, is not valid: an invalid timestamp, a report that is cut off,
 * `value` as a key of summary data.
 *
 * @example
 * ```ts
 * import { ArchFXFlexibleDictionaryReport, DataError } from "@archfx/cloud";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => ArchFXFlexibleDictionaryReport.decode(new Uint8Array()), DataError);
 * ```
 */
export class DataError extends Error {
  /** The name of the class. */
  override readonly name = "DataError";

  /**
   * The error for JSON: name and message, without the stack.
   *
   * @returns A plain object.
   */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message };
  }
}

/** The error text for columns that were changed before they were encoded. */
export const CHANGED = "Cannot encode the report: its columns have been changed since it was made";
