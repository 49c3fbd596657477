/**
 * Arrow columns in the form that the table readers use.
 *
 * @module
 */
import { DataType, DateUnit, type RecordBatch, TimeUnit, type Vector } from "./_apache_arrow.ts";
import { exactJson } from "../_exact_json.ts";
import { isoTime } from "../_iso_time.ts";
import type { TableBatch, TableColumn } from "../readings/table_source.ts";
import { FIRST_MICROS, isText, LAST_MICROS } from "./_batches.ts";
import { plain } from "./_plain.ts";

const DAY = 86_400_000_000n;

/** Microseconds of a unit. */
const UNITS: Readonly<Record<number, bigint>> = {
  [TimeUnit.SECOND]: 1_000_000n,
  [TimeUnit.MILLISECOND]: 1000n,
  [TimeUnit.MICROSECOND]: 1n,
};

/** Converts a count of a unit to microseconds, rounding down. A time outside the valid range stays outside it. */
function microsOf(count: bigint, unit: TimeUnit): bigint {
  if (unit === TimeUnit.NANOSECOND) return (count - (((count % 1000n) + 1000n) % 1000n)) / 1000n;
  const micros = count * UNITS[unit]!;
  if (micros > LAST_MICROS) return LAST_MICROS + 1n;
  return micros < FIRST_MICROS ? FIRST_MICROS - 1n : micros;
}

/** The columns of a batch. `position` maps a column of the table to its place in the batch. */
export function tableBatch(
  batch: RecordBatch,
  position: (place: number) => number,
): TableBatch {
  return {
    length: batch.numRows,
    column: (place) => columnOf(batch.getChildAt(position(place))!),
  };
}

function columnOf(vector: Vector): TableColumn {
  const { type } = vector;
  const text = isText(type);
  if (DataType.isTimestamp(type)) {
    const times = (row: number) => {
      if (!vector.isValid(row)) return undefined;
      return microsOf((vector.data[0]!.values as BigInt64Array)[row]!, type.unit);
    };
    const isLocal = !type.timezone;
    return withText({
      kind: isLocal ? "local time" : "time",
      micros: times,
      cell: times,
    }, (row) => isoTime(times(row)!).replace(/Z$/, isLocal ? "" : "Z"));
  }
  if (DataType.isDate(type)) {
    const days = (row: number) => {
      if (!vector.isValid(row)) return undefined;
      const value = vector.data[0]!.values[row] as number | bigint;
      return type.unit === DateUnit.DAY ? BigInt(value) * DAY : BigInt(value) * 1000n;
    };
    return withText(
      { kind: "local time", micros: days, cell: days },
      (row) => isoTime(days(row)!).slice(0, 10),
    );
  }
  if (DataType.isTime(type)) {
    const clock = (row: number) => {
      if (!vector.isValid(row)) return undefined;
      return microsOf(BigInt(vector.data[0]!.values[row] as number | bigint), type.unit);
    };
    return withText(
      { kind: "part of a time", micros: clock, cell: clock },
      (row) => isoTime(clock(row)!).slice(11, -1),
    );
  }
  const cell = (row: number): unknown => {
    if (!vector.isValid(row)) return undefined;
    const found: unknown = vector.get(row);
    if (found === null || text || typeof found !== "object") return found ?? undefined;
    return DataType.isDecimal(type) ? decimalOf(found as Uint32Array, type.scale) : plain(found);
  };
  return withText({ kind: "other", micros: () => undefined, cell }, (row) => {
    const found = cell(row);
    return typeof found === "object" ? exactJson(found) ?? "" : String(found);
  });
}

/** A missing cell has no text. */
function withText(column: Omit<TableColumn, "text">, text: (row: number) => string): TableColumn {
  return { ...column, text: (row) => column.cell(row) === undefined ? "" : text(row) };
}

/** A decimal, rounded to the nearest float64. */
function decimalOf(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  return Number(`${BigInt.asIntN(32 * words.length, value)}e${-scale}`);
}
