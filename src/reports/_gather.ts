/**
 * What callers hand over, as columns that the encoder takes.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { type Arena, arena } from "../codec/arena.ts";
import { EventColumns } from "../codec/event_columns.ts";
import type { FreeForm, Rows } from "../codec/event_encoder.ts";
import type { ReadingColumns } from "../readings/reading_columns.ts";
import { checkSummary, FreeFormWriter } from "./_free_form.ts";
import {
  type ArchFXDataPoint,
  type ArchFXDataPointFields,
  loadPoints,
  summaryOf,
  toPoints,
} from "./data_point.ts";

/** Some of the points of a report. */
class PointRows implements Rows {
  constructor(
    readonly points: readonly ArchFXDataPoint[],
    readonly first: number,
    readonly length: number,
    readonly freeForm: FreeForm | undefined,
  ) {}

  load(memory: Arena, from: number, to: number): void {
    loadPoints(memory, this.points, this.first + from, this.first + to);
  }
}

/** A writer of free-form data is kept up to this size, in bytes. */
const LARGEST_IDLE = 1 << 22;
let idle: FreeFormWriter | undefined;

/**
 * Encodes chunks of points, or of plain objects of the same shape, one after another.
 *
 * @param items The points; plain objects are replaced by points.
 * @param encode Is given what makes the rows of a chunk. That runs the caller's getters and `toJSON`.
 */
export function withPointRows<T>(
  items: (ArchFXDataPoint | ArchFXDataPointFields)[],
  encode: (rows: (from: number, to: number) => Rows) => T,
): T {
  // The caller's code may make another report meanwhile: that one finds no writer.
  let writer = idle;
  idle = undefined;
  const result = encode((from, to) => {
    const points = items as ArchFXDataPoint[];
    let freeForm;
    if (toPoints(items, from, to)) {
      writer ??= new FreeFormWriter(arena().chunk);
      freeForm = writer.encode(
        to - from,
        (row) => summaryOf(points[from + row]),
        (row) => points[from + row].rawData,
      );
    }
    return new PointRows(points, from, to - from, freeForm);
  });
  if (writer !== undefined && writer.capacity <= LARGEST_IDLE) idle = writer;
  return result;
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
    freeForm = new FreeFormWriter(length).encode(
      length,
      (row) => summaryData?.[row],
      (row) => rawData?.[row],
    );
  }
  const { streams, readingIds, timestamps, values } = columns;
  return new EventColumns(length, streams, readingIds, timestamps, values, freeForm);
}
