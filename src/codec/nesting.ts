/**
 * How deep values may be nested.
 *
 * @module
 */
import { DataError } from "./data_error.ts";

/** Levels below the report's own map that a value may lie at, as Python has it. */
export const MAX_LEVEL = 511;

/** Rejects what is nested too deep. */
export function tooDeep(): never {
  throw new DataError("Cannot encode a value that is nested deeper than 512 levels");
}
