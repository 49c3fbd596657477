/**
 * Readings as Arrow record batches of one schema.
 *
 * | column       | Arrow type                     | from           |
 * | ------------ | ------------------------------ | -------------- |
 * | `device`     | dictionary of text             | `devices`      |
 * | `timestamp`  | timestamp[us, UTC]             | `timestamps`   |
 * | `stream`     | uint32                         | `streams`      |
 * | `reading_id` | uint64, 0 for no id            | `readingIds`   |
 * | `value`      | float64                        | `values`       |
 * | `extra_data` | JSON text (`arrow.json`)       | `summaryData`  |
 * | `data`       | JSON text (`arrow.json`)       | `rawData`      |
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import { devicesOf } from "../readings/devices_of.ts";
import {
  type Data,
  DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint32,
  Uint64,
  Utf8,
  Vector,
} from "./_apache_arrow.ts";
import { exactJson } from "../_exact_json.ts";
import { DataError } from "../codec/data_error.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";

/** Which of the optional columns a table has. */
interface TableShape {
  readonly device: boolean;
  readonly summaryData: boolean;
  readonly rawData: boolean;
}

/** The name of the extension type by which pandas, pyarrow, DuckDB and polars recognise JSON. */
const JSON_TEXT = new Map([
  ["ARROW:extension:name", "arrow.json"],
  ["ARROW:extension:metadata", ""],
]);

/** The range of times that a report can hold, in microseconds since the Unix epoch. */
export const FIRST_MICROS = -62135596800000000n;
export const LAST_MICROS = 253402300799999999n;

const DEVICE = new Dictionary(new Utf8(), new Int32(), 0);
const TIMESTAMP = new TimestampMicrosecond("UTC");
const STREAM = new Uint32();
const READING_ID = new Uint64();
const VALUE = new Float64();

/** Makes the batches of one table: one schema and one growing dictionary of devices. */
export class BatchMaker {
  readonly shape: TableShape;
  readonly schema: Schema;
  readonly #positions = new Map<bigint, number>();
  #devices: Vector<Utf8> | undefined;

  constructor(shape: TableShape) {
    this.shape = shape;
    const fields: Field[] = [
      new Field("timestamp", TIMESTAMP, false),
      new Field("stream", STREAM, false),
      new Field("reading_id", READING_ID, false),
      new Field("value", VALUE, false),
    ];
    if (shape.device) {
      fields.unshift(new Field("device", DEVICE, false));
    }
    if (shape.summaryData) fields.push(new Field("extra_data", new Utf8(), true, JSON_TEXT));
    if (shape.rawData) fields.push(new Field("data", new Utf8(), true, JSON_TEXT));
    this.schema = new Schema(fields);
  }

  /**
   * The readings of a chunk. Numbers are not copied but share memory with the chunk if Arrow has the same layout.
   *
   * @throws {DataError} If the chunk lacks devices and the table has them, or a reading is not valid.
   */
  batch(columns: ReadingColumns): RecordBatch {
    const { length } = columns;
    const devices = devicesOf(columns);
    if ((devices !== undefined) !== this.shape.device && length > 0) {
      throw new DataError(
        this.shape.device
          ? "Cannot write the readings: the first chunk has devices but a later one does not"
          : "Cannot write the readings: the first chunk has no devices but a later one does",
      );
    }
    checkTimes(columns.timestamps, length);
    const children: Data[] = [];
    if (this.shape.device) {
      const indexes = this.#indexes(devices ?? new BigUint64Array(), length);
      const dictionary = this.#devices ??= this.#dictionary(0);
      children.push(makeData({ type: DEVICE, length, data: indexes, dictionary }));
    }
    const same = { length, nullCount: 0 };
    children.push(
      makeData({ ...same, type: TIMESTAMP, data: columns.timestamps.subarray(0, length) }),
      makeData({ ...same, type: STREAM, data: columns.streams.subarray(0, length) }),
      makeData({ ...same, type: READING_ID, data: idColumn(columns.readingIds, length) }),
      makeData({ ...same, type: VALUE, data: columns.values.subarray(0, length) }),
    );
    if (this.shape.summaryData) children.push(jsonColumn(columns.summaryData, length, isEmpty));
    if (this.shape.rawData) children.push(jsonColumn(columns.rawData, length, isMissing));
    const type = new Struct(this.schema.fields);
    return new RecordBatch(this.schema, makeData({ type, length, nullCount: 0, children }));
  }

  /** The index of each reading's device in the dictionary. New devices are added to it. */
  #indexes(devices: BigUint64Array, length: number): Int32Array {
    const indexes = new Int32Array(length);
    const known = this.#positions.size;
    let last = -1n;
    let position = -1;
    for (let row = 0; row < length; row++) {
      const device = devices[row]!;
      if (device !== last) {
        last = device;
        const found = this.#positions.get(device);
        if (found === undefined) this.#positions.set(device, position = this.#positions.size);
        else position = found;
      }
      indexes[row] = position;
    }
    if (this.#positions.size > known || this.#devices === undefined) {
      this.#devices = this.#dictionary(known);
    }
    return indexes;
  }

  /** The dictionary. Its first `known` entries do not change, so that a writer sends only the new ones. */
  #dictionary(known: number): Vector<Utf8> {
    const texts = [...this.#positions.keys()].slice(known)
      .map((device) => String(new ArchFxDeviceSlug(device)));
    const added = utf8Data(texts);
    return new Vector([...(known > 0 ? this.#devices!.data : []), added]);
  }
}

/** The optional columns that these readings need. */
export function shapeOf(columns: ReadingColumns): TableShape {
  return {
    device: devicesOf(columns) !== undefined,
    summaryData: columns.summaryData !== undefined,
    rawData: columns.rawData !== undefined,
  };
}

function checkTimes(timestamps: BigInt64Array, length: number): void {
  for (let row = 0; row < length; row++) {
    const time = timestamps[row]!;
    if (time < FIRST_MICROS || time > LAST_MICROS) {
      throw new DataError(
        `Cannot write reading ${row}: its timestamp, ${time} µs since 1970, is outside the years 1 to 9999`,
      );
    }
  }
}

function idColumn(ids: ReadingColumns["readingIds"], length: number): BigUint64Array {
  if (ids instanceof BigUint64Array) return ids.subarray(0, length);
  const wide = new BigUint64Array(length);
  for (let row = 0; row < length; row++) {
    const id = ids[row]!;
    if (!Number.isSafeInteger(id) || id < 0) {
      throw new DataError(
        `Cannot write reading ${row}: its id, ${id}, must be an integer from 0 to 2^53-1, or a bigint`,
      );
    }
    wide[row] = BigInt(id);
  }
  return wide;
}

/** No summary data: a report stores an empty map instead. */
function isEmpty(cell: unknown): boolean {
  if (isMissing(cell)) return true;
  if (cell instanceof Map) return cell.size === 0;
  return isRecord(cell) && Object.keys(cell).length === 0;
}

function isMissing(cell: unknown): boolean {
  return cell === null || cell === undefined;
}

function jsonColumn(
  cells: readonly unknown[] | undefined,
  length: number,
  missing: (cell: unknown) => boolean,
): Data<Utf8> {
  const texts: (string | null)[] = new Array(length).fill(null);
  if (cells) {
    for (let row = 0; row < length; row++) {
      if (!missing(cells[row])) texts[row] = exactJson(cells[row]) ?? null;
    }
  }
  return utf8Data(texts);
}

/** Optional texts in Arrow's layout: the bytes of all, the end of each, and a bit that says whether it exists. */
function utf8Data(texts: readonly (string | null)[]): Data<Utf8> {
  const { length } = texts;
  const valueOffsets = new Int32Array(length + 1);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  let size = 0;
  for (const text of texts) size += text === null ? 0 : text.length * 3;
  const data = new Uint8Array(size);
  const encoder = new TextEncoder();
  let end = 0;
  for (let row = 0; row < length; row++) {
    const text = texts[row]!;
    if (text === null) nullCount++;
    else {
      nullBitmap[row >> 3]! |= 1 << (row & 7);
      end += encoder.encodeInto(text, data.subarray(end)).written;
    }
    valueOffsets[row + 1] = end;
  }
  return makeData({
    type: new Utf8(),
    length,
    nullCount,
    nullBitmap: nullCount > 0 ? nullBitmap : undefined,
    valueOffsets,
    data: data.subarray(0, end),
  });
}

/** Whether a type is text, in any of Arrow's layouts. */
export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type) ||
    (DataType.isDictionary(type) && isText(type.dictionary));
}
