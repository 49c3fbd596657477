/**
 * Limits on decoding, checked.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import type { DecodeOptions } from "./report_options.ts";

/** The deepest nesting that can be asked for. */
const MAX_DEPTH = 4096;

/** The limits, once the input keeps within the one on its length. */
export function decodeLimits(bytes: Uint8Array, options: DecodeOptions): { maxDepth: number } {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError("Cannot decode a report as it is a Uint8Array");
  }
  const { maxDepth = 512, maxBytes = 2 ** 30 } = options;
  if (!Number.isInteger(maxDepth) || maxDepth < 0 || maxDepth > MAX_DEPTH) {
    throw new RangeError(
      `Cannot decode a report as maxDepth is an integer from 0 to ${MAX_DEPTH}: the current value is ${maxDepth}`,
    );
  }
  if (!(maxBytes >= 0)) {
    throw new RangeError(
      `Cannot decode a report as maxBytes is a number of bytes: the current value is ${maxBytes}`,
    );
  }
  if (bytes.length > maxBytes) {
    throw new DataError(
      `Cannot decode the report as it has ${bytes.length} bytes, more than ${maxBytes}`,
    );
  }
  return { maxDepth };
}
