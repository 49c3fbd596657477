/**
 * What callers hand over, as columns that the encoder takes.
 *
 * @module
 */
import type { EventColumns } from "../codec/event_encoder.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { checkSummary, encodeFreeForm } from "./_free_form.ts";
import {
  ArchFXDataPoint,
  type ArchFXDataPointFields,
  type Gathered,
  gatherPoints,
  isPoint,
  summaryOf,
} from "./data_point.ts";

/** Points, or plain objects of their shape, as columns. */
export function gather(
  items: readonly (ArchFXDataPoint | ArchFXDataPointFields)[],
): EventColumns {
  // Getters of the caller run here, before anything is in linear memory.
  const points = items.map((item) => isPoint(item) ? item : new ArchFXDataPoint(item));
  const { length } = points;
  const columns: Gathered = {
    streams: new Uint32Array(length),
    millis: new Float64Array(length),
    micros: new Uint16Array(length),
    values: new Float64Array(length),
    ids: new Float64Array(length),
  };
  const hasFreeForm = gatherPoints(points, columns, 0);
  const { streams, millis, micros, values, ids } = columns;
  const freeForm = hasFreeForm
    ? encodeFreeForm(length, (row) => summaryOf(points[row]), (row) => points[row].rawData)
    : undefined;
  return { length, streams, ids, times: { millis, micros }, values, freeForm };
}

const COLUMN_TYPES = {
  streams: [Uint32Array],
  readingIds: [Uint32Array, Float64Array, BigUint64Array],
  timestamps: [BigInt64Array],
  values: [Float64Array],
} as const;

/** Columns of the caller, held and not copied, but for their free-form data. */
export function checkColumns(columns: ReadingColumns): EventColumns {
  const { length } = columns;
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new TypeError(`Cannot take columns of length ${length} as it is a count of readings`);
  }
  for (const [name, types] of Object.entries(COLUMN_TYPES)) {
    const column = columns[name as keyof typeof COLUMN_TYPES];
    if (!types.some((type) => column instanceof type)) {
      throw new TypeError(
        `Cannot take the column ${name} as it is a ${types.map((type) => type.name).join(" or ")}`,
      );
    }
    if (column.length < length) {
      throw new RangeError(
        `Cannot take the column ${name} as it has ${column.length} rows: the columns have ${length}`,
      );
    }
  }
  const { summaryData, rawData } = columns;
  let freeForm;
  if (summaryData !== undefined || rawData !== undefined) {
    for (let row = 0; row < length; row++) checkSummary(summaryData?.[row], row);
    freeForm = encodeFreeForm(length, (row) => summaryData?.[row], (row) => rawData?.[row]);
  }
  return {
    length,
    streams: columns.streams,
    ids: columns.readingIds,
    times: columns.timestamps,
    values: columns.values,
    freeForm,
  };
}
