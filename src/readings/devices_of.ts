/**
 * Finds the device of each reading, in columns of any origin.
 *
 * @module
 */
import type { ReadingColumns } from "./reading_columns.ts";

/** The device of each reading; undefined if all readings belong to one device, which the columns do not name. */
export function devicesOf(columns: ReadingColumns): BigUint64Array | undefined {
  const { devices }: ReadingColumns & { readonly devices?: BigUint64Array } = columns;
  return devices;
}
