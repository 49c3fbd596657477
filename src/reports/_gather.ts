/**
 * What callers hand over, as columns that the encoder takes.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import type { EventColumns, FreeForm } from "../codec/event_encoder.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { checkSummary, encodeFreeForm } from "./_free_form.ts";
import { type ArchFXDataPoint, type Gathered, gatherPoints, summaryOf } from "./data_point.ts";

/** The summary and raw data of points, encoded. */
export function freeFormOf(points: readonly ArchFXDataPoint[]): FreeForm | undefined {
  return encodeFreeForm(
    points.length,
    (row) => summaryOf(points[row]),
    (row) => points[row].rawData,
  );
}

/** Points as columns. */
export function gather(
  points: readonly ArchFXDataPoint[],
  freeForm: FreeForm | undefined,
): EventColumns {
  const { length } = points;
  const columns: Gathered = {
    streams: new Uint32Array(length),
    millis: new Float64Array(length),
    micros: new Uint16Array(length),
    values: new Float64Array(length),
    ids: new Float64Array(length),
  };
  gatherPoints(points, columns);
  const { streams, millis, micros, values, ids } = columns;
  return { length, streams, ids, times: { millis, micros }, values, freeForm };
}

const COLUMN_TYPES = {
  streams: [Uint32Array],
  readingIds: [Uint32Array, Float64Array, BigUint64Array],
  timestamps: [BigInt64Array],
  values: [Float64Array],
} as const;

/** The names of columns; `devices` is what the readers add where a file has readings of several. */
const NAMES = ["length", ...Object.keys(COLUMN_TYPES), "summaryData", "rawData", "devices"];

/** Columns of the caller, held and not copied, but for their free-form data. */
export function checkColumns(columns: ReadingColumns): EventColumns {
  checkNames(columns, NAMES, "column");
  const { length } = columns;
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new TypeError(`Cannot take columns of length ${length}: it must be a count of readings`);
  }
  for (const [name, types] of Object.entries(COLUMN_TYPES)) {
    const column = columns[name as keyof typeof COLUMN_TYPES];
    if (!types.some((type) => column instanceof type)) {
      throw new TypeError(
        `Cannot take the column ${name} as it must be a ${
          types.map((type) => type.name).join(" or ")
        }`,
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
