/**
 * fromArrow(), the readings of an Arrow table.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { isMap } from "../_is_record.ts";
import { DataType, type RecordBatch, type Table, TimeUnit, type Vector } from "./_apache_arrow.ts";
import { displayableColumns } from "../_display.ts";
import { parseExactJson } from "../_exact_json.ts";
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import { DataError } from "../codec/data_error.ts";
import { timestampMicros } from "../codec/timestamps.ts";
import type { ReadingChunk } from "../readings/mod.ts";
import { ArchFxDeviceSlug, ArchFxStreamSlug, ArchFxVariableID } from "../slugs/mod.ts";
import { FIRST_MICROS, isText, LAST_MICROS } from "./_batches.ts";
import { plain } from "./_plain.ts";

/** The names of the columns that the fields of a reading are read from. */
export interface ReadingNames {
  /** A timestamp of any unit, or ISO text; without a zone it is UTC. @default {"timestamp"} */
  readonly timestamp?: string;
  /** A number. @default {"value"} */
  readonly value?: string;
  /** An integer, or the text of a variable or of a stream slug. @default {"stream"} */
  readonly stream?: string;
  /** An integer; null or a missing column means 0, no id. @default {"reading_id"} */
  readonly readingId?: string;
  /** An integer, or the slug of a device; the column may be missing. @default {"device"} */
  readonly device?: string;
  /** JSON text, a struct or a map; the column may be missing. @default {"extra_data"} */
  readonly summaryData?: string;
  /** JSON text, or any other value; the column may be missing. @default {"data"} */
  readonly rawData?: string;
}

/** Options of {@linkcode fromArrow}, `readArrow` and `readParquet`. */
export interface FromArrowOptions {
  /** The names of the columns, if they differ from those that `toArrow` writes. */
  readonly names?: ReadingNames;
  /** The stream of every reading, for a table without that column: a number, or a variable as text. */
  readonly stream?: number | string;
}

const NAMES: Required<ReadingNames> = {
  timestamp: "timestamp",
  value: "value",
  stream: "stream",
  readingId: "reading_id",
  device: "device",
  summaryData: "extra_data",
  rawData: "data",
};

/** The checked options, used for a whole file. */
export interface Reading {
  readonly names: Required<ReadingNames>;
  readonly stream: number | undefined;
}

/**
 * The readings of an Apache Arrow table: one that {@linkcode toArrow} wrote, or any table with a timestamp and a
 * value.
 *
 * @param table The table.
 * @param options The names of its columns.
 * @returns The readings. They have `devices` if the table has such a column.
 * @throws {DataError} If a column is missing, has a type that cannot be read without loss, or has an invalid
 * cell. The message names column and row.
 * @throws {TypeError} If an option is unknown or its value is invalid.
 *
 * @example
 * ```ts
 * import { fromArrow } from "@archfx/cloud/arrow";
 * import { tableFromArrays } from "apache-arrow";
 * import { assertEquals } from "@std/assert";
 *
 * const table = tableFromArrays({ time: ["2026-03-02 06:00:00"], celsius: Float64Array.of(20.5) });
 * const names = { timestamp: "time", value: "celsius" };
 * const readings = fromArrow(table, { names, stream: "0001-5090" });
 * assertEquals(readings.values, Float64Array.of(20.5));
 * ```
 */
export function fromArrow(table: Table, options: FromArrowOptions = {}): ReadingChunk {
  return readingsOf(table, checkedReading(options, "fromArrow"));
}

/** Checks the options of a reader. */
export function checkedReading(options: FromArrowOptions, reader: string): Reading {
  checkNames(options, ["names", "stream"], `option of ${reader}`);
  const { names = {}, stream } = options;
  checkNames(names, Object.keys(NAMES), "name of a column");
  for (const [field, name] of Object.entries(names)) {
    if (name !== undefined && typeof name !== "string") {
      throw new TypeError(`Cannot use ${shown(name)} as names.${field}: it must be text`);
    }
  }
  return {
    names: { ...NAMES, ...names },
    stream: stream === undefined ? undefined : new ArchFxVariableID(stream).id,
  };
}

/** The readings of a table or of one batch of it; rows in errors are counted from `firstRow`. */
export function readingsOf(
  table: Table | RecordBatch,
  { names, stream }: Reading,
  firstRow = 0,
): ReadingChunk {
  const length = table.numRows;
  const column = (name: string, remedy?: string): Column => {
    const vector = table.getChild(name);
    if (vector) return new Column(vector, name, firstRow);
    const there = table.schema.fields.map((field) => `"${field.name}"`).join(", ");
    throw new DataError(
      `Cannot read the table: it has no column "${name}", only ${there || "none at all"}: ${
        remedy ?? "set names"
      }`,
    );
  };
  const optional = (name: string) => table.getChild(name) ? column(name) : undefined;
  const streams = stream === undefined
    ? column(names.stream, "set names.stream or stream").streams(length)
    : new Uint32Array(length).fill(stream);
  const device = optional(names.device);
  const summary = optional(names.summaryData)?.cells(length, true);
  const raw = optional(names.rawData)?.cells(length, false);
  return displayableColumns({
    length,
    streams,
    readingIds: optional(names.readingId)?.integers(length, 2n ** 64n - 1n, 0n) ??
      new BigUint64Array(length),
    timestamps: column(names.timestamp, "set names.timestamp").timestamps(length),
    values: column(names.value, "set names.value").values(length),
    ...(device && { devices: device.devices(length) }),
    ...(summary && { summaryData: summary.map((cell) => isMap(cell) ? cell : null) }),
    ...(raw && { rawData: raw }),
  });
}

/** A column, read in the form that a field of a reading needs. */
class Column {
  readonly #vector: Vector;
  readonly #name: string;
  readonly #firstRow: number;

  constructor(vector: Vector, name: string, firstRow: number) {
    this.#vector = vector;
    this.#name = name;
    this.#firstRow = firstRow;
  }

  timestamps(length: number): BigInt64Array {
    const { type } = this.#vector;
    const micros = new BigInt64Array(length);
    if (DataType.isTimestamp(type)) {
      this.#rejectNulls();
      let at = 0;
      for (const data of this.#vector.data) {
        at = inMicros(data.values as BigInt64Array, data.length, type.unit, micros, at);
      }
    } else if (isText(type)) {
      this.#each(length, (text, row) => micros[row] = timestampMicros(String(text)));
    } else {
      this.#wrongType("a timestamp or ISO text", "cast it to a timestamp");
    }
    for (let row = 0; row < length; row++) {
      if (micros[row]! < FIRST_MICROS || micros[row]! > LAST_MICROS) {
        this.#wrong(row, "the years are 1 to 9999");
      }
    }
    return micros;
  }

  values(length: number): Float64Array {
    const { type } = this.#vector;
    if (DataType.isFloat(type) || (DataType.isInt(type) && type.bitWidth < 64)) {
      this.#rejectNulls();
      const values = new Float64Array(length);
      let at = 0;
      for (const { values: part, length: rows, type } of this.#vector.data) {
        if (DataType.isFloat(type) && type.ArrayType === Uint16Array) break;
        values.set((part as Float64Array).subarray(0, rows), at);
        at += rows;
      }
      // Half floats arrive as their bits.
      if (at < length) this.#each(length, (value, row) => values[row] = Number(value));
      return values;
    }
    if (!DataType.isInt(type)) this.#wrongType("a number", "cast it to float64");
    const values = new Float64Array(length);
    this.#each(length, (value, row) => {
      const number = Number(value);
      if (BigInt(number) !== value) {
        this.#wrong(
          row,
          "a value is a float64, which would round it: cast the column to float64 if that is meant",
        );
      }
      values[row] = number;
    });
    return values;
  }

  streams(length: number): Uint32Array {
    const streams = new Uint32Array(length);
    if (isText(this.#vector.type)) {
      this.#eachText(length, (text) => variableOf(text), (id, row) => streams[row] = id);
    } else {
      this.integers(length, 2n ** 32n - 1n).forEach((id, row) => streams[row] = Number(id));
    }
    return streams;
  }

  devices(length: number): BigUint64Array {
    if (!isText(this.#vector.type)) return this.integers(length, 2n ** 64n - 1n);
    const devices = new BigUint64Array(length);
    const idOf = (text: string) => new ArchFxDeviceSlug(text).id;
    this.#eachText(length, idOf, (id, row) => devices[row] = id);
    return devices;
  }

  /** Integers from 0 to `most`. `missing` replaces null; without it, null is an error. */
  integers(length: number, most: bigint, missing?: bigint): BigUint64Array {
    const { type } = this.#vector;
    if (!DataType.isInt(type) && !DataType.isFloat(type)) {
      this.#wrongType("an integer", "cast it to uint64");
    }
    const integers = new BigUint64Array(length);
    const take = (value: unknown, row: number) => {
      if (typeof value === "number" && !Number.isSafeInteger(value)) {
        this.#wrong(row, "it must be an integer");
      }
      if (typeof value !== "number" && typeof value !== "bigint") {
        this.#wrong(row, "it must be an integer");
      }
      const integer = BigInt(value);
      if (integer < 0n || integer > most) this.#wrong(row, `it must be from 0 to ${most}`);
      integers[row] = integer;
    };
    this.#each(length, take, missing);
    return integers;
  }

  /** Free-form data; `undefined` if no row has any. */
  cells(length: number, maps: boolean): unknown[] | undefined {
    const vector = this.#vector;
    if (vector.nullCount === length) return undefined;
    const text = isText(vector.type);
    const cells: unknown[] = new Array(length).fill(null);
    for (let row = 0; row < length; row++) {
      const cell = vector.get(row);
      if (cell === null) continue;
      const value = text ? this.#json(cell, row) : plain(cell);
      if (maps && (typeof value !== "object" || value === null || Array.isArray(value))) {
        this.#wrong(row, "summary data must be a map");
      }
      cells[row] = value;
    }
    return cells;
  }

  #json(text: string, row: number): unknown {
    try {
      return parseExactJson(text);
    } catch {
      this.#wrong(row, "it must be JSON");
    }
  }

  #each(length: number, take: (value: unknown, row: number) => void, missing?: unknown): void {
    if (missing === undefined) this.#rejectNulls();
    for (let row = 0; row < length; row++) {
      const cell: unknown = this.#vector.get(row);
      try {
        take(cell ?? missing, row);
      } catch (error) {
        if (error instanceof Located) throw new DataError(error.message);
        this.#wrong(row, errorMessage(error));
      }
    }
  }

  /** Like `#each`, but each distinct text is converted only once. */
  #eachText<T>(
    length: number,
    read: (text: string) => T,
    take: (value: T, row: number) => void,
  ): void {
    const known = new Map<string, T>();
    this.#each(length, (cell, row) => {
      const text = String(cell);
      let value = known.get(text);
      if (value === undefined) known.set(text, value = read(text));
      take(value, row);
    });
  }

  #rejectNulls(): void {
    if (this.#vector.nullCount === 0) return;
    for (let row = 0; row < this.#vector.length; row++) {
      if (!this.#vector.isValid(row)) {
        this.#wrong(row, "it is null: remove such rows first");
      }
    }
  }

  #wrongType(needed: string, remedy: string): never {
    throw new DataError(
      `Cannot read column "${this.#name}" of type ${this.#vector.type}: it must be ${needed}: ${remedy}`,
    );
  }

  #wrong(row: number, rule: string): never {
    throw new Located(
      `Cannot read column "${this.#name}" in row ${this.#firstRow + row}, ${
        this.#shown(row)
      }: ${rule}`,
    );
  }

  #shown(row: number): string {
    try {
      const cell: unknown = this.#vector.get(row);
      return typeof cell === "string" ? JSON.stringify(cell.slice(0, 80)) : String(cell);
    } catch {
      return "a number that is too large"; // The library converts times to milliseconds.
    }
  }
}

/** An error that names its column and row. */
class Located extends DataError {}

/** The variable in a text: either the text itself, or the last part of a stream slug. */
function variableOf(text: string): number {
  return /^s[a-z]?--/i.test(text)
    ? new ArchFxStreamSlug(text).variable.id
    : new ArchFxVariableID(text).id;
}

/** Converts times of a unit to microseconds; smaller digits are truncated, like those of text. */
function inMicros(
  times: BigInt64Array,
  length: number,
  unit: TimeUnit,
  to: BigInt64Array,
  at: number,
): number {
  if (unit === TimeUnit.MICROSECOND) {
    to.set(times.subarray(0, length), at);
  } else if (unit === TimeUnit.NANOSECOND) {
    for (let row = 0; row < length; row++) {
      const nanos = times[row]!;
      to[at + row] = (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n;
    }
  } else {
    const scale = unit === TimeUnit.MILLISECOND ? 1000n : 1_000_000n;
    for (let row = 0; row < length; row++) {
      const micros = times[row]! * scale;
      // A product beyond 64 bits would wrap into a valid year.
      to[at + row] = micros > LAST_MICROS
        ? LAST_MICROS + 1n
        : micros < FIRST_MICROS
        ? FIRST_MICROS - 1n
        : micros;
    }
  }
  return at + length;
}
