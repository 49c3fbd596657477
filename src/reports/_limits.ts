/**
 * Limits on decoding, checked.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { DataError } from "../codec/data_error.ts";
import type { DecodeOptions } from "./report_options.ts";

/** The highest value of `maxDepth`: the reader is recursive. */
const MAX_DEPTH = 1024;
const NAMES = ["maxDepth", "maxBytes", "receivedTime"];

/** Checks the options and the length of the input; returns the other limits. */
export function decodeLimits(bytes: Uint8Array, options: DecodeOptions): { maxDepth: number } {
  if (!(bytes instanceof Uint8Array)) {
    const shown = bytes === null ? "null" : typeof bytes;
    throw new TypeError(`Cannot decode a report of type ${shown}: it must be a Uint8Array`);
  }
  checkNames(options, NAMES, "decode option");
  const { maxDepth = 512, maxBytes = 2 ** 30 } = options;
  if (!Number.isInteger(maxDepth) || maxDepth < 0 || maxDepth > MAX_DEPTH) {
    throw new RangeError(
      `Cannot decode a report with maxDepth ${maxDepth}: it must be an integer from 0 to ${MAX_DEPTH}`,
    );
  }
  if (!(maxBytes >= 0)) {
    throw new RangeError(
      `Cannot decode a report with maxBytes ${maxBytes}: it must be a number of bytes`,
    );
  }
  if (bytes.length > maxBytes) {
    throw new DataError(
      `Cannot decode the report: it has ${bytes.length} bytes, more than ${maxBytes}`,
    );
  }
  return { maxDepth };
}
