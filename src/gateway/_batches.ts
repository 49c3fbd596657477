/**
 * Checks the batches that callers push, and splits them into batches for the store.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { DataError } from "../codec/data_error.ts";
import type { ReadingColumns, SummaryData } from "../readings/reading_columns.ts";
import { ArchFXDataPoint } from "../reports/data_point.ts";
import { deviceOf } from "../slugs/device_of.ts";
import { batchFrame } from "./_frames.ts";
import type { BareColumns } from "./_pack.ts";
import type { ReadingBatch } from "./types.ts";

/**
 * The maximum number of readings in a stored batch: a larger push is split, so that reading it back takes little
 * memory.
 */
const MOST_READINGS = 16_384;
/** Years 1 to 9999, in microseconds. */
const FIRST_TIME = -62135596800000000n, LAST_TIME = 253402300799999999n;

const COLUMNS = [
  "length",
  "streams",
  "readingIds",
  "timestamps",
  "values",
  "summaryData",
  "rawData",
];

/** Frames for the store, and whether the columns had reading ids. */
interface CheckedBatches {
  readonly frames: Uint8Array[];
  /** The lanes that they go to, by `device/streamer`. */
  readonly lanes: string[];
  readonly readings: number;
  /** Reading ids were given, which are ignored. */
  readonly hadIds: boolean;
}

/**
 * Checks batches and packs them.
 *
 * @throws {DataError} If a reading is not valid.
 * @throws {TypeError} If the structure of a batch is wrong.
 */
export function checkBatches(batches: ReadingBatch | readonly ReadingBatch[]): CheckedBatches {
  const list: readonly ReadingBatch[] = Array.isArray(batches) ? batches : [batches];
  const frames: Uint8Array[] = [];
  const lanes = new Set<string>();
  let readings = 0;
  let hadIds = false;
  for (const batch of list) {
    checkNames(batch, ["device", "columns", "points", "streamer"], "field of a batch");
    const { columns, points, streamer } = batch;
    const device = deviceOf(batch.device).id;
    if (
      streamer !== undefined && !(Number.isInteger(streamer) && streamer >= 0 && streamer <= 0xffff)
    ) {
      throw new TypeError(`Cannot push to the streamer ${streamer}: it must be from 0 to 65535`);
    }
    if ((columns === undefined) === (points === undefined)) {
      throw new TypeError('Cannot push a batch: it must have either "columns" or "points"');
    }
    const rows = columns === undefined ? ofPoints(points!) : columns;
    if (columns !== undefined) checkColumns(columns);
    hadIds ||= hasIds(columns?.readingIds, rows.length);
    const head = { device, streamer: streamer ?? -1, at: Date.now() };
    for (let from = 0; from < rows.length; from += MOST_READINGS) {
      frames.push(batchFrame(head, rows, from, Math.min(rows.length, from + MOST_READINGS)));
    }
    readings += rows.length;
    lanes.add(`${device}/${streamer ?? -1}`);
  }
  return { frames, lanes: [...lanes], readings, hadIds };
}

function hasIds(ids: ReadingColumns["readingIds"] | undefined, length: number): boolean {
  return ids !== undefined && length > 0 && Number(ids[0]) !== 0;
}

function checkColumns(columns: NonNullable<ReadingBatch["columns"]>): void {
  checkNames(columns, [...COLUMNS, "devices"], "column");
  const { length, timestamps } = columns;
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new TypeError(`Cannot push columns of length ${length}: it must be a count of readings`);
  }
  const types = [
    ["streams", Uint32Array],
    ["timestamps", BigInt64Array],
    ["values", Float64Array],
  ] as const;
  for (const [name, type] of types) {
    const column = columns[name];
    if (!(column instanceof type)) {
      throw new TypeError(`Cannot push the column ${name}: it must be a ${type.name}`);
    }
    if (column.length < length) {
      throw new TypeError(
        `Cannot push the column ${name}: it has ${column.length} rows, and the columns ${length}`,
      );
    }
  }
  // As two 32-bit halves: comparing bigints would cost more than packing them.
  const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
  for (let row = 0; row < length; row++) {
    const high = halves[2 * row + 1]!;
    if (high >= -14_467_122 && high < 59_000_000) continue;
    const time = timestamps[row]!;
    if (time < FIRST_TIME || time > LAST_TIME) {
      throw new DataError(
        `Cannot push reading ${row}: its time, ${time} µs since 1970, is not in the years 1 to 9999`,
      );
    }
  }
}

function ofPoints(points: NonNullable<ReadingBatch["points"]>): BareColumns {
  const list = Array.from(
    points,
    (point) => point instanceof ArchFXDataPoint ? point : new ArchFXDataPoint(point),
  );
  const { length } = list;
  const columns = {
    length,
    streams: new Uint32Array(length),
    timestamps: new BigInt64Array(length),
    values: new Float64Array(length),
    summaryData: new Array<SummaryData>(length),
    rawData: new Array<unknown>(length),
  };
  list.forEach((point, row) => {
    columns.streams[row] = point.stream;
    columns.timestamps[row] = point.timestampMicros;
    columns.values[row] = point.value;
    const summary = point.summaryData;
    if (Object.keys(summary).length > 0) columns.summaryData[row] = summary;
    columns.rawData[row] = point.rawData;
  });
  return columns;
}
