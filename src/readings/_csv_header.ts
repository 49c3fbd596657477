/**
 * The header of a CSV file, and which of its columns is what.
 *
 * @module
 */
import { DataError } from "../codec/data_error.ts";
import { MAX_COLUMNS, Role } from "../codec/csv_region.ts";
import type { CheckedOptions } from "./_check_options.ts";
import { optionError, optionTypeError } from "./_check_options.ts";
import type { CsvColumns } from "./csv_options.ts";

/** Which column is what. */
export interface CsvLayout {
  /** The role of each column, up to the last that has one. */
  readonly roles: Uint8Array;
  /** How many columns have one. */
  readonly wanted: number;
  readonly hasDevices: boolean;
  /** What a column is called in an error. */
  nameOf(role: number): string | number;
}

const ROLES: Record<keyof CsvColumns, number> = {
  timestamp: Role.time,
  value: Role.value,
  stream: Role.stream,
  readingId: Role.id,
  device: Role.device,
};

/** Where the first record ends: behind its line feed, or -1 where there is none. */
export function recordEnd(bytes: Uint8Array, delimiter: string): number {
  const delimiterByte = delimiter.charCodeAt(0);
  let quoted = false;
  let begins = true; // a field
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte !== 0x22) continue;
      if (bytes[i + 1] === 0x22) i++;
      else quoted = false;
    } else if (byte === 0x0a) {
      return i + 1;
    } else {
      quoted = begins && byte === 0x22;
      begins = byte === delimiterByte;
    }
  }
  return -1;
}

/** The fields of one record, without the quotes that they begin and end with, and space around them. */
export function headerFields(record: string, delimiter: string): string[] {
  const text = record.replace(/\r?\n$/, "");
  const fields: string[] = [];
  for (let at = 0; at <= text.length;) {
    let field = "";
    const quoted = /^"((?:[^"]|"")*)"?/.exec(text.slice(at));
    if (quoted !== null) {
      field = quoted[1].replaceAll('""', '"');
      at += quoted[0].length;
    }
    const found = text.indexOf(delimiter, at);
    const end = found < 0 ? text.length : found;
    fields.push((field + text.slice(at, end)).trim());
    at = end + 1;
  }
  return fields;
}

/** The position of a column that is given by name or position. */
function find(name: keyof CsvColumns, column: string | number, header: string[] | null): number {
  const option = `columns.${name}`;
  if (typeof column === "number") {
    if (!Number.isInteger(column) || column < 0 || column >= MAX_COLUMNS) {
      throw optionError(option, column, `a position from 0 to ${MAX_COLUMNS - 1}, or a name`);
    }
    if (header && column >= header.length) {
      throw new DataError(
        `Cannot read column ${column} of the CSV as its columns are 0 to ${header.length - 1}`,
      );
    }
    return column;
  }
  if (typeof column !== "string") throw optionTypeError(option, column, "a name or a position");
  if (!header) throw optionTypeError(option, column, "a position, as there is no header");
  const position = header.indexOf(column);
  const names = header.map((other) => JSON.stringify(other)).join(", ");
  if (position < 0) {
    throw new DataError(
      `Cannot read column ${JSON.stringify(column)} of the CSV as its columns are ${names}`,
    );
  }
  if (header.indexOf(column, position + 1) >= 0) {
    throw new DataError(
      `Cannot read column ${
        JSON.stringify(column)
      } of the CSV as two columns have that name: ${names}`,
    );
  }
  if (position >= MAX_COLUMNS) {
    throw new DataError(
      `Cannot read column ${position} of the CSV: only ${MAX_COLUMNS} can be read`,
    );
  }
  return position;
}

/** Finds the columns; `header` is null where the file has none. */
export function csvLayout(
  columns: CsvColumns,
  options: CheckedOptions,
  header: string[] | null,
): CsvLayout {
  const wanted: CsvColumns = {
    timestamp: columns.timestamp ?? (header ? "timestamp" : 0),
    value: columns.value ?? (header ? "value" : 1),
    readingId: columns.readingId,
    device: columns.device,
    stream: columns.stream ?? (options.stream === undefined ? (header ? "stream" : 2) : undefined),
  };
  if (columns.stream !== undefined && options.stream !== undefined) {
    throw new TypeError(
      "Cannot read with option stream and column columns.stream: give one of them",
    );
  }
  if (columns.readingId !== undefined && options.firstId !== 0n) {
    throw new TypeError(
      "Cannot read with option firstReadingId and column columns.readingId: give one of them",
    );
  }
  const places = new Map<number, number>();
  const names: (string | number)[] = [];
  for (const [name, column] of Object.entries(wanted)) {
    if (column === undefined) continue;
    const place = find(name as keyof CsvColumns, column, header);
    if (places.has(place)) throw optionError(`columns.${name}`, column, "a column of its own");
    const role = ROLES[name as keyof CsvColumns];
    places.set(place, role);
    names[role] = header ? header[place] : place;
  }
  const roles = new Uint8Array(Math.max(...places.keys()) + 1);
  for (const [place, role] of places) roles[place] = role;
  return {
    roles,
    wanted: places.size,
    hasDevices: columns.device !== undefined,
    nameOf: (role) => names[role],
  };
}
