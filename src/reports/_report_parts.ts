/**
 * Gives the rest of this folder access to the private state of reports.
 *
 * @module
 */
import type { Source } from "./_source.ts";

/** The argument of a report's constructor; only this folder can make one. */
export class ReportParts {
  constructor(readonly source: Source, readonly receivedTime?: Date) {}
}

/** `report[HEADER]`: the header, including the format and the time that it names. */
export const HEADER: unique symbol = Symbol("header");

/** `report[BYTES]()`: the bytes without a copy, for code that does not pass the report on. */
export const BYTES: unique symbol = Symbol("bytes");

/** `report[FACTS]`: the facts that an upload needs. */
export const FACTS: unique symbol = Symbol("facts");
