/**
 * The maximum nesting of values.
 *
 * @module
 */
import { DataError } from "./data_error.ts";

/** The deepest level of a value below the report's own map, the same as in Python. */
export const MAX_LEVEL = 511;

/** Throws the error for a value that is nested too deep. */
export function tooDeep(): never {
  throw new DataError("Cannot encode a value that is nested deeper than 512 levels");
}
