/**
 * The readings of a report, both of one that was made here and of one that was decoded.
 *
 * @module
 */
import { isSafeHigh, narrowed, safeOf } from "../_integers.ts";
import { isMap } from "../_is_record.ts";
import { type DecodedEvents, newSpans } from "../codec/event_decoder.ts";
import { ValueReader } from "../codec/value_reader.ts";
import { MAX_DEPTH } from "../codec/wasm_constants.ts";
import { CHANGED, DataError } from "../codec/data_error.ts";
import type { EventColumns } from "../codec/event_columns.ts";
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";
import { readSpan, spansOf, spanValues } from "./_free_form.ts";
import { addLazily } from "./_lazy_columns.ts";
import { CHECKED } from "./_point_access.ts";
import { ArchFXDataPoint } from "./data_point.ts";

/** Readings of a report with the positions of their free-form data. */
export interface Body extends Omit<DecodedEvents, "end"> {
  /** The bytes that the spans refer to. */
  readonly bytes: Uint8Array;
  readonly maxDepth: number;
}

/** The body of a decoded report. */
export function decodedBody(bytes: Uint8Array, events: DecodedEvents, maxDepth: number): Body {
  return { ...events, bytes, maxDepth };
}

/** The body of a report that was made from columns. */
export function builtBody(columns: EventColumns): Body {
  const { length, streams, ids, times, values, freeForm } = columns;
  if (Math.min(streams.length, ids.length, times.length, values.length) < length) {
    throw new DataError(CHANGED);
  }
  const { extra, data } = freeForm === undefined
    ? { extra: newSpans(), data: newSpans() }
    : spansOf(freeForm);
  return {
    length,
    streams: streams.slice(0, length),
    ids: BigUint64Array.from(ids.subarray(0, length), BigInt),
    times: times.slice(0, length),
    values: values.slice(0, length),
    extra,
    data,
    bytes: freeForm?.bytes ?? new Uint8Array(),
    maxDepth: MAX_DEPTH,
  };
}

/** Columns for the caller; free-form data is decoded when it is used. */
export function columnsOf(body: Body): ReadingColumns {
  const { length, streams, ids, times, values, extra, data, bytes, maxDepth } = body;
  const columns = { length, streams, readingIds: ids, timestamps: times, values };
  addLazily(columns, {
    summaryData: extra.length === 0
      ? undefined
      : () => spanValues(bytes, extra, length, maxDepth).map((row) => isMap(row) ? row : {}),
    rawData: data.length === 0 ? undefined : () => spanValues(bytes, data, length, maxDepth),
  });
  return columns;
}

/** The readings as points. */
export function pointsOf(body: Body): ArchFXDataPoint[] {
  const { length, streams, ids, times, values, extra, data, bytes, maxDepth } = body;
  // A function call for each number would add a fifth to the total cost.
  const timeWords = new Int32Array(times.buffer, times.byteOffset, 2 * length);
  const idWords = new Uint32Array(ids.buffer, ids.byteOffset, 2 * length);
  const points = new Array<ArchFXDataPoint>(length);
  const reader = new ValueReader(bytes, { maxDepth });
  let nextExtra = 0;
  let nextData = 0;
  for (let row = 0; row < length; row++) {
    const timeHigh = timeWords[2 * row + 1];
    const time = isSafeHigh(timeHigh) ? safeOf(timeHigh, timeWords[2 * row]) : narrowed(times[row]);
    const idHigh = idWords[2 * row + 1];
    const id = isSafeHigh(idHigh) ? safeOf(idHigh, idWords[2 * row]) : ids[row];
    let summary: SummaryData | null = null;
    if (nextExtra < extra.length && extra.rows[nextExtra] === row) {
      const read = readSpan(reader, extra, nextExtra++);
      if (isMap(read)) summary = read;
    }
    let raw: unknown = null;
    if (nextData < data.length && data.rows[nextData] === row) {
      raw = readSpan(reader, data, nextData++);
    }
    points[row] = new ArchFXDataPoint(CHECKED, time, streams[row], values[row], id, summary, raw);
  }
  return points;
}
