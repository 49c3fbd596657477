/**
 * reportBatches(), which reads a report a batch at a time, without having all of it in memory.
 *
 * @module
 */
import { type EventInput, passEvents, type PassingEvents } from "../codec/event_decoder.ts";
import type { Id } from "../readings/reading_columns.ts";
import { checkReport, MAX_DEPTH } from "./scan_report.ts";

/** Readings in a batch. */
const BATCH = 1 << 14;

/** Readings of a report without their free-form data. The columns are the same arrays in each batch. */
interface ReportBatch {
  /** The device of the report. */
  readonly origin: Id;
  readonly length: number;
  readonly streams: Uint32Array<ArrayBuffer>;
  readonly readingIds: BigUint64Array<ArrayBuffer>;
  readonly timestamps: BigInt64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** The number of readings with summary or raw data. */
  readonly withData: number;
}

/**
 * Reads a report twice: all of it is checked before the first batch is returned.
 *
 * @param input The report.
 * @returns The readings; a batch is valid until the next one is requested.
 * @throws {DataError} If it is not a valid report; the message names the byte.
 */
export function* reportBatches(input: EventInput): Generator<ReportBatch> {
  const report = checkReport(input, () => () => {});
  const columns = {
    streams: new Uint32Array(BATCH),
    readingIds: new BigUint64Array(BATCH),
    timestamps: new BigInt64Array(BATCH),
    values: new Float64Array(BATCH),
  };
  let withData = 0;
  const keep = (events: PassingEvents) => {
    columns.streams.set(events.streams.subarray(0, events.length), events.first);
    columns.readingIds.set(events.ids.subarray(0, events.length), events.first);
    columns.timestamps.set(events.times.subarray(0, events.length), events.first);
    columns.values.set(events.values.subarray(0, events.length), events.first);
    withData += events.withData;
  };
  let at = report.eventsAt;
  for (let row = 0; row < report.length; row += BATCH) {
    const length = Math.min(BATCH, report.length - row);
    withData = 0;
    at = passEvents(report.input, at, length, MAX_DEPTH, keep);
    yield { origin: report.header.origin, length, ...columns, withData };
  }
}
