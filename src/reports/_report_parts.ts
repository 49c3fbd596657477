/**
 * What the rest of this folder may do with the private state of reports.
 *
 * @module
 */
import type { Source } from "./_source.ts";

/** What a report is made of; only this folder can make one. */
export class ReportParts {
  constructor(readonly source: Source, readonly receivedTime?: Date) {}
}

/** `report[HEADER]`: the header, also what it says of the format and of the time it was sent. */
export const HEADER: unique symbol = Symbol("header");

/** `report[BYTES]()`: the bytes without a copy, for who keeps the report from everybody else. */
export const BYTES: unique symbol = Symbol("bytes");

/** `report[FACTS]`: what an upload needs to know. */
export const FACTS: unique symbol = Symbol("facts");
